import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { StageReader } from './stage-reader.js';

/** A response that stores all writes. */
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
  it('receives one snapshot after the other', () => {
    const { response, reader } = reading();
    reader.show('one');
    reader.show('two');
    expect(response.written).toEqual(['retry: 1000\n\n', 'one', 'two']);
  });

  it('skips snapshots while it is slow, so that none accumulate', () => {
    const { response, reader } = reading();
    response.writableLength = 5_000;
    reader.show('one');
    response.writableLength = 0;
    reader.show('two');
    expect(response.written.slice(1)).toEqual(['two']);
  });

  it('ends with its connection', () => {
    const { response, reader } = reading();
    expect(reader.gone).toBe(false);
    response.emit('close');
    reader.show('one');
    expect([reader.gone, response.written.length]).toEqual([true, 1]);
  });
});
