import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Problem } from '@quadrille/nest';
import type { FastifyRequest } from 'fastify';
import { ReadersByAddress } from './readers-by-address.js';

const readers = () => new ReadersByAddress({ LIVE_READERS_PER_ADDRESS_MAX: 2 });
const from = (ip: string) => {
  const socket = new EventEmitter();
  return { ip, raw: { socket }, hangUp: () => socket.emit('close') } as unknown as FastifyRequest & { hangUp(): void };
};

describe('the readers of one address', () => {
  it('are limited per address', () => {
    const places = readers();
    for (const ip of ['10.0.0.1', '10.0.0.1', '10.0.0.2', '2001:db8::1', '2001:db8::2']) places.admit(from(ip));
    for (const ip of ['10.0.0.1', '2001:db8::3']) {
      expect(() => places.admit(from(ip))).toThrow(
        expect.objectContaining({ status: 429, code: 'too-many-readers', extensions: { retryAfterSeconds: 10 } }),
      );
    }
    places.admit(from('10.0.0.2'));
    expect(() => places.admit(from('10.0.0.2'))).toThrow(Problem);
  });

  it('free their places when they disconnect', () => {
    const places = readers();
    const [first, second] = [from('10.0.0.1'), from('10.0.0.1')];
    for (const reader of [first, second]) places.admit(reader);
    first.hangUp();
    places.admit(from('10.0.0.1'));
    expect(() => places.admit(from('10.0.0.1'))).toThrow(Problem);
    second.hangUp();
    places.admit(from('10.0.0.1'));
  });
});
