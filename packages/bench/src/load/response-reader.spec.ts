import { describe, expect, it } from '@jest/globals';
import { ResponseReader } from './response-reader.js';

const answer = (status: number, body: string) =>
  `HTTP/1.1 ${status} Status\r\ncontent-type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function readIn(bytes: Buffer, size: number): [number, string][] {
  const found: [number, string][] = [];
  const reader = new ResponseReader((status, body) => found.push([status, body.toString()]));
  for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
  return found;
}

describe('answers on one connection', () => {
  const bytes = Buffer.from(answer(202, '{"name":"é"}') + answer(409, '') + answer(200, 'x'));

  it.each([1, 7, 60, 10_000])('are separated if they arrive in chunks of %p bytes', (size) => {
    expect(readIn(bytes, size)).toEqual([
      [202, '{"name":"é"}'],
      [409, ''],
      [200, 'x'],
    ]);
  });

  it('must have a Content-Length', () => {
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n');
    expect(() => readIn(chunked, 100)).toThrow('HTTP/1.1 200 OK');
  });
});
