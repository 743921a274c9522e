import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from './fault-proxy.js';
import { CLEAR } from './link.js';

let echo: Server;
let proxy: FaultProxy;
let atTheOtherEnd: Socket[];
const opened: Socket[] = [];

beforeEach(async () => {
  atTheOtherEnd = [];
  echo = createServer((socket) => {
    atTheOtherEnd.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as AddressInfo;
  proxy = await FaultProxy.listen(() => ({ host: '127.0.0.1', port }));
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await proxy.close();
  await new Promise((closed) => echo.close(closed));
});

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => {});
  opened.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Sends a text and waits for as many bytes in return. */
async function roundTrip(socket: Socket, text: string): Promise<{ back: string; tookMs: number }> {
  const began = performance.now();
  let back = '';
  const all = new Promise<void>((resolve) => {
    socket.on('data', function onData(chunk: Buffer) {
      back += chunk;
      if (back.length < text.length) return;
      socket.off('data', onData);
      resolve();
    });
  });
  socket.write(text);
  await all;
  return { back, tookMs: performance.now() - began };
}

describe('the fault proxy', () => {
  it('forwards all bytes in order in both directions', async () => {
    const text = Array.from({ length: 50_000 }, (_, at) => `${at};`).join('');
    expect((await roundTrip(await open(), text)).back).toBe(text);
  });

  it('delays bytes by the latency in each direction', async () => {
    proxy.conditions = { ...CLEAR, latencyMs: 60 };
    const { tookMs } = await roundTrip(await open(), 'hello');
    expect(tookMs).toBeGreaterThanOrEqual(115);
    expect(tookMs).toBeLessThan(1_500);
  });

  it('limits the bandwidth', async () => {
    proxy.conditions = { ...CLEAR, bytesPerSecond: 400_000 };
    const { tookMs } = await roundTrip(await open(), 'x'.repeat(200_000));
    expect(tookMs).toBeGreaterThan(300);
  });

  it('resets connections', async () => {
    const socket = await open();
    await roundTrip(socket, 'hello');
    const closed = new Promise((closed) => socket.once('close', closed));
    proxy.reset();
    await closed;
    expect(proxy.connections).toBe(0);
    expect((await roundTrip(await open(), 'again')).back).toBe('again');
  });

  it('blocks all bytes in a black hole, and delivers them when it ends', async () => {
    const socket = await open();
    await roundTrip(socket, 'hello');
    proxy.conditions = { ...CLEAR, blackHole: true };
    const late = roundTrip(socket, 'lost?');
    expect(await Promise.race([late, pause(150, 'silence')])).toBe('silence');
    proxy.conditions = CLEAR;
    expect((await late).back).toBe('lost?');
  });

  it('makes existing connections silent without closing them, while new ones work', async () => {
    const socket = await open();
    await roundTrip(socket, 'hello');
    const [other] = atTheOtherEnd;
    const gone = new Promise((closed) => other!.once('close', closed));
    proxy.silence();
    await gone;
    expect(await Promise.race([roundTrip(socket, 'there?'), pause(150, 'silence')])).toBe('silence');
    expect(socket.destroyed).toBe(false);
    expect((await roundTrip(await open(), 'well')).back).toBe('well');
  });

  it('closes a client connection when the server is down', async () => {
    await new Promise((closed) => echo.close(closed));
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((closed) => socket.once('close', closed));
    expect(proxy.connections).toBe(0);
    echo.listen(0, '127.0.0.1');
  });

  it('cuts a connection after certain bytes have reached the server', async () => {
    const socket = await open();
    await roundTrip(socket, 'hello');
    const received = new Promise((resolve) => atTheOtherEnd[0]!.on('data', (chunk) => resolve(String(chunk))));
    proxy.cutAfter = Buffer.from('commit\0');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('Q....commit\0');
    await closed;
    expect(await received).toBe('Q....commit\0');
    proxy.cutAfter = undefined;
    expect((await roundTrip(await open(), 'hello')).back).toBe('hello');
  });
});
