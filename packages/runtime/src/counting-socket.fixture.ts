import { Socket } from 'node:net';

/** Counts what a connection to the database sends, and can break off. */
export class CountingSocket extends Socket {
  /** Packets: whatever is handed to the system at once. */
  packets = 0;
  /** Packets that wait for an answer: one that follows another without an answer between makes no round trip of its own. */
  roundTrips = 0;
  /** The next packet reaches the server, and nothing comes back. */
  cutsNext = false;
  private isAnswered = true;

  constructor() {
    super();
    this.on('data', () => {
      this.isAnswered = true;
    });
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    super._write(chunk, encoding, this.sent(done));
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: (error?: Error | null) => void): void {
    super._writev!(chunks, this.sent(done));
  }

  private sent(done: (error?: Error | null) => void) {
    this.packets += 1;
    if (this.isAnswered) this.roundTrips += 1;
    this.isAnswered = false;
    if (!this.cutsNext) return done;
    this.pause();
    return (error?: Error | null) => {
      done(error);
      this.destroy();
    };
  }
}
