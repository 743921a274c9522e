import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, jest } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { exampleHistory } from '../domain/example-history.js';
import { LiveReader, MAX_BUFFERED_BYTES } from './live-reader.js';

/** A response that buffers all writes, like one to a stalled client. */
class StuckResponse extends EventEmitter {
  written = '';
  writableLength = 0;
  readonly end = jest.fn();
  readonly destroy = jest.fn(() => this.emit('close'));

  write(text: string): boolean {
    this.written += text;
    this.writableLength += text.length;
    return false;
  }
}

const events = exampleHistory(endings(checkout)[0]!.path).map((event, at) => ({ ...event, seq: at + 1 }));
const other = { ...events[0]!, orderId: '01980000-0000-7000-8000-0000000000ff', seq: 99 };

function reading(...orderIds: string[]) {
  const response = new StuckResponse();
  const reader = new LiveReader(
    response as unknown as ServerResponse,
    orderIds.length > 0 ? new Set(orderIds) : undefined,
  );
  reader.standAt({ life: '0b7c9a1e', seq: 0 });
  return { response, reader };
}

describe('a live reader', () => {
  it('receives each event with its id and record', () => {
    const { response, reader } = reading();
    reader.send(events.slice(0, 1));
    const [id, event, data] = response.written.split('\n').slice(2);
    expect([id, event]).toEqual(['id: 0b7c9a1e-1', 'event: saga-event']);
    expect(JSON.parse(data!.slice('data: '.length))).toEqual({
      event: 'OrderCreated',
      eventId: events[0]!.eventId,
      orderId: events[0]!.orderId,
      service: 'order',
      step: 'place-order',
      at: events[0]!.at,
      causationId: null,
      record: { topic: 'quadrille.order.created', partition: 0, offset: events[0]!.offset },
    });
  });

  it('receives events of some orders only, if it requests them', () => {
    const { response, reader } = reading(other.orderId, '01980000-0000-7000-8000-0000000000ee');
    reader.send([...events, other]);
    expect(response.written.match(/^id: .*$/gm)).toEqual(['id: 0b7c9a1e-99']);
  });

  it('receives no event twice, and none older than its position', () => {
    const { response, reader } = reading();
    reader.send(events.slice(0, 3));
    reader.send(events.slice(1, 4));
    reader.send(events.slice(0, 2));
    expect(response.written.match(/^id: .*$/gm)).toEqual([1, 2, 3, 4].map((seq) => `id: 0b7c9a1e-${seq}`));
  });

  it('receives a reset if its position is invalid, and continues from a new one', () => {
    const { response, reader } = reading();
    reader.reset({ life: 'ffffffff', seq: 3 });
    expect(response.written).toContain('id: ffffffff-3\nevent: reset\ndata: {}\n\n');
    reader.send(events);
    expect(response.written.match(/^id: .*$/gm)?.at(1)).toBe('id: ffffffff-4');
  });

  it('receives a comment as a heartbeat', () => {
    const { response, reader } = reading();
    reader.beat();
    expect(response.written).toContain(': heartbeat\n\n');
  });

  it('is disconnected with a reason if it is too slow', () => {
    jest.useFakeTimers();
    try {
      const { response, reader } = reading();
      for (let seq = 1; !reader.gone; seq++) reader.send([{ ...events[0]!, seq }]);
      expect(response.written.endsWith('\n\n')).toBe(true);
      expect(response.written).toMatch(/event: cut-off\ndata: \{"reason":"too slow"/);
      expect(response.written.length).toBeLessThan(MAX_BUFFERED_BYTES * 1.1);
      expect(response.end).toHaveBeenCalledTimes(1);
      expect(response.destroy).not.toHaveBeenCalled();
      jest.advanceTimersByTime(10_000);
      expect(response.destroy).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('receives nothing after it has disconnected', () => {
    const { response, reader } = reading();
    response.emit('close');
    const before = response.written;
    reader.send(events);
    expect(reader.gone).toBe(true);
    expect(response.written).toBe(before);
  });
});
