// Loaded into every measured service (NODE_OPTIONS=--import): counts the requests sent to Kafka by kind, independent of the client.
// On SIGUSR2 it writes them to QUADRILLE_BENCH_COUNTS/<pid>.json. A frame is: length (4 bytes), API key (2 bytes), the rest.
import { renameSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

const HEAD_BYTES = 6;
const LENGTH_BYTES = 4;

/** Counts frames in a stream of bytes, independent of chunk boundaries. */
export class FrameCounter {
  #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  #left = 0;

  constructor(counts) {
    this.counts = counts;
  }

  take(bytes) {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      const copied = bytes.copy(this.#head, this.#headBytes, at, at + HEAD_BYTES - this.#headBytes);
      this.#headBytes += copied;
      at += copied;
      if (this.#headBytes < HEAD_BYTES) return;
      const api = this.#head.readInt16BE(LENGTH_BYTES);
      this.counts[api] = (this.counts[api] ?? 0) + 1;
      this.#left = this.#head.readInt32BE(0) - (HEAD_BYTES - LENGTH_BYTES);
      this.#headBytes = 0;
    }
  }
}

const folder = process.env.QUADRILLE_BENCH_COUNTS;
const ports = new Set((process.env.KAFKA_BROKERS ?? '').split(',').map((broker) => Number(broker.split(':').at(-1))));

if (folder) {
  const counts = {};
  const counters = new WeakMap();
  const write = Socket.prototype.write;
  Socket.prototype.write = function (chunk, ...rest) {
    if (ports.has(this.remotePort) && chunk instanceof Uint8Array) {
      let counter = counters.get(this);
      if (!counter) {
        counter = new FrameCounter(counts);
        counters.set(this, counter);
      }
      counter.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
    return write.call(this, chunk, ...rest);
  };
  process.on('SIGUSR2', () => {
    const file = join(folder, `${process.pid}.json`);
    writeFileSync(`${file}.draft`, JSON.stringify(counts));
    renameSync(`${file}.draft`, file);
  });
}
