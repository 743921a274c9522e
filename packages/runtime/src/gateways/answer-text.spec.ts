import { describe, expect, it } from '@jest/globals';
import { answerText } from './answer-text.js';

describe('the text of a gateway answer', () => {
  it('is whole, also if a character is split between two chunks', async () => {
    const bytes = new TextEncoder().encode('{"reason":"größer"}');
    const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await answerText(new Response(ReadableStream.from(pieces)))).toBe('{"reason":"größer"}');
  });

  it('is empty without a body', async () => {
    expect(await answerText(new Response(null, { status: 204 }))).toBe('');
  });

  it('is cut after 64 KiB, and the rest is not read', async () => {
    let reads = 0;
    const endless = new ReadableStream({
      pull(controller) {
        reads++;
        controller.enqueue(new Uint8Array(10_000).fill(97));
      },
    });
    expect(await answerText(new Response(endless))).toBe('a'.repeat(65_536));
    expect(reads).toBeLessThan(10);
  });
});
