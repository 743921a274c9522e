import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from './fault-proxy.js';
import { CLEAR } from './link-conditions.js';

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

/** Sends this and waits until as much has come back. */
async function said(socket: Socket, text: string): Promise<{ back: string; tookMs: number }> {
  const began = performance.now();
  let back = '';
  const all = new Promise<void>((resolve) => {
    socket.on('data', function hear(chunk: Buffer) {
      back += chunk;
      if (back.length < text.length) return;
      socket.off('data', hear);
      resolve();
    });
  });
  socket.write(text);
  await all;
  return { back, tookMs: performance.now() - began };
}

describe('the fault proxy', () => {
  it('passes everything on, both ways, in order', async () => {
    const text = Array.from({ length: 50_000 }, (_, at) => `${at};`).join('');
    expect((await said(await open(), text)).back).toBe(text);
  });

  it('keeps what passes for as long as the road is, each way', async () => {
    proxy.weather = { ...CLEAR, latencyMs: 60 };
    const { tookMs } = await said(await open(), 'hello');
    expect(tookMs).toBeGreaterThanOrEqual(115);
    expect(tookMs).toBeLessThan(1_500);
  });

  it('lets no more pass than the road is wide', async () => {
    proxy.weather = { ...CLEAR, bytesPerSecond: 400_000 };
    const { tookMs } = await said(await open(), 'x'.repeat(200_000));
    expect(tookMs).toBeGreaterThan(300);
  });

  it('breaks connections with a reset', async () => {
    const socket = await open();
    await said(socket, 'hello');
    const closed = new Promise((closed) => socket.once('close', closed));
    proxy.reset();
    await closed;
    expect(proxy.connections).toBe(0);
    expect((await said(await open(), 'again')).back).toBe('again');
  });

  it('lets nothing pass a black hole, and everything when it is closed', async () => {
    const socket = await open();
    await said(socket, 'hello');
    proxy.weather = { ...CLEAR, blackHole: true };
    const late = said(socket, 'lost?');
    expect(await Promise.race([late, pause(150, 'silence')])).toBe('silence');
    proxy.weather = CLEAR;
    expect((await late).back).toBe('lost?');
  });

  it('leaves a client with a connection that is only silent, while new ones are well', async () => {
    const socket = await open();
    await said(socket, 'hello');
    const [other] = atTheOtherEnd;
    const gone = new Promise((closed) => other!.once('close', closed));
    proxy.silence();
    await gone;
    expect(await Promise.race([said(socket, 'there?'), pause(150, 'silence')])).toBe('silence');
    expect(socket.destroyed).toBe(false);
    expect((await said(await open(), 'well')).back).toBe('well');
  });

  it('tells a client that the server is away', async () => {
    await new Promise((closed) => echo.close(closed));
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((closed) => socket.once('close', closed));
    expect(proxy.connections).toBe(0);
    echo.listen(0, '127.0.0.1');
  });

  it('cuts a connection off once certain bytes have passed, and the server has them', async () => {
    const socket = await open();
    await said(socket, 'hello');
    const heard = new Promise((resolve) => atTheOtherEnd[0]!.on('data', (chunk) => resolve(String(chunk))));
    proxy.cutAfter = Buffer.from('commit\0');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('Q....commit\0');
    await closed;
    expect(await heard).toBe('Q....commit\0');
    proxy.cutAfter = undefined;
    expect((await said(await open(), 'hello')).back).toBe('hello');
  });
});
