import { once } from 'node:events';
import net from 'node:net';
import { ByteReader, ByteWriter } from '../records/bytes.js';
import { type FetchRequest, writeFetch } from '../records/fetch-request.js';

const FETCH = 1;
const VERSION = 11;
const EMPTY: FetchRequest = {
  maxWaitTime: 0,
  minBytes: 0,
  maxBytes: 1_000,
  isolationLevel: 1,
  rackId: '',
  sessionId: 0,
  sessionEpoch: 0,
  topics: [],
  forgottenTopics: [],
};

/** A raw client of a broker, which may use any fetch session. One request at a time. */
export class RawFetch {
  readonly #socket: net.Socket;

  constructor(broker: string) {
    const [host, port] = broker.split(':');
    this.#socket = net.connect(Number(port), host);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Sends a fetch and returns the head of the response. */
  async fetch(request: Partial<FetchRequest>): Promise<{ errorCode: number; sessionId: number }> {
    const body = writeFetch({ ...EMPTY, ...request });
    const head = new ByteWriter(32);
    head.int32(0);
    head.int16(FETCH);
    head.int16(VERSION);
    head.int32(0);
    head.int16Text('raw');
    head.bytes.writeInt32BE(head.at - 4 + body.at);
    this.#socket.write(Buffer.concat([head.bytes.subarray(0, head.at), body.bytes.subarray(0, body.at)]));
    const from = new ByteReader(await this.#frame());
    // The correlation id and the throttle time.
    from.skip(8);
    return { errorCode: from.int16(), sessionId: from.int32() };
  }

  async #frame(): Promise<Buffer> {
    let bytes = Buffer.alloc(0);
    while (bytes.length < 4 || bytes.length < 4 + bytes.readInt32BE()) {
      const [more] = await once(this.#socket, 'data');
      bytes = Buffer.concat([bytes, more as Buffer]);
    }
    return bytes.subarray(4);
  }
}
