import { describe, expect, it } from '@jest/globals';

const { FrameCounter } = await import(new URL('../../wire-counter.mjs', import.meta.url).href);

/** A request of Kafka's protocol: length, API key, version, and `bytes` more bytes. */
function request(api: number, bytes: number): Buffer {
  const frame = Buffer.alloc(8 + bytes);
  frame.writeInt32BE(4 + bytes, 0);
  frame.writeInt16BE(api, 4);
  return frame;
}

describe('the counter of requests', () => {
  const stream = Buffer.concat([request(0, 1_000), request(1, 0), request(0, 3), request(18, 50)]);

  it.each([1, 3, 64, 5_000])('counts requests by kind if they are written in chunks of %p bytes', (size) => {
    const counts: Record<string, number> = {};
    const counter = new FrameCounter(counts);
    for (let at = 0; at < stream.length; at += size) counter.take(stream.subarray(at, at + size));
    expect(counts).toEqual({ 0: 2, 1: 1, 18: 1 });
  });
});
