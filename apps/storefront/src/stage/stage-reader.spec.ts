import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { StageReader } from './stage-reader.js';

/** A response that keeps what is written. */
class Response extends EventEmitter {
  written: string[] = [];
  writableLength = 0;
  write(text: string): void {
    this.written.push(text);
  }
  end(): void {
    this.emit('close');
  }
}
const reading = () => {
  const response = new Response();
  return { response, reader: new StageReader(response as never) };
};

describe('a reader of the stage', () => {
  it('is shown one picture after the other', () => {
    const { response, reader } = reading();
    reader.show('one');
    reader.show('two');
    expect(response.written).toEqual(['retry: 1000\n\n', 'one', 'two']);
  });

  it('misses pictures while it does not keep up, and nothing piles up', () => {
    const { response, reader } = reading();
    response.writableLength = 5_000;
    reader.show('one');
    response.writableLength = 0;
    reader.show('two');
    expect(response.written.slice(1)).toEqual(['two']);
  });

  it('is gone when its connection is', () => {
    const { response, reader } = reading();
    expect(reader.gone).toBe(false);
    response.emit('close');
    reader.show('one');
    expect([reader.gone, response.written.length]).toEqual([true, 1]);
  });
});
