import { Socket } from 'node:net';

/** Counts the packets of a database connection, and can cut it. */
export class CountingSocket extends Socket {
  /** Packets: data passed to the operating system at once. */
  packets = 0;
  /** Packets after an answer. A packet that follows another without an answer in between makes no round trip of its own. */
  roundTrips = 0;
  /** The next packet reaches the server, and its answer is lost. */
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
