import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';

/** Called with the answer to a request. */
export type OnAnswer = (status: number, body: Buffer) => void;

/**
 * A minimal HTTP/1.1 client with persistent connections and pipelining. It takes a few microseconds per request, so that the loader does not
 * dominate the measurement. Requests are prepared bytes; answers must have a Content-Length. A lost connection fails the run.
 */
export class RawClient {
  readonly #connections: Connection[] = [];
  #next = 0;
  #failure: Error | undefined;

  private constructor(private readonly onFailure: (error: Error) => void) {}

  static async open(url: string, connections: number, onFailure: (error: Error) => void): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const client = new RawClient(onFailure);
    for (let each = 0; each < connections; each++) {
      const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      client.#connections.push(new Connection(socket, (error) => client.#fail(error)));
    }
    return client;
  }

  /** Sends on the connection with the fewest outstanding answers, on equal ones in turn: a server closes an unused connection. */
  send(request: string | Buffer, onAnswer: OnAnswer): void {
    const { length } = this.#connections;
    let least = this.#next;
    for (let each = 1; each < length; each++) {
      const at = (this.#next + each) % length;
      if (this.#connections[at]!.waiting < this.#connections[least]!.waiting) least = at;
    }
    this.#next = (least + 1) % length;
    this.#connections[least]!.send(request, onAnswer);
  }

  /** The number of outstanding answers. */
  get waiting(): number {
    return this.#connections.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  close(): void {
    for (const each of this.#connections) each.close();
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.onFailure(error);
  }
}

class Connection {
  readonly #queue: OnAnswer[] = [];
  #closed = false;

  constructor(
    private readonly socket: Socket,
    onFailure: (error: Error) => void,
  ) {
    const reader = new ResponseReader((status, body) => this.#queue.shift()?.(status, body));
    socket.on('data', (bytes) => {
      try {
        reader.read(bytes);
      } catch (error) {
        onFailure(error as Error);
      }
    });
    socket.on('error', onFailure);
    socket.on('close', () => {
      if (!this.#closed) onFailure(new Error(`A connection closed with ${this.waiting} outstanding answers.`));
    });
  }

  get waiting(): number {
    return this.#queue.length;
  }

  send(request: string | Buffer, onAnswer: OnAnswer): void {
    this.#queue.push(onAnswer);
    this.socket.write(request);
  }

  close(): void {
    this.#closed = true;
    this.socket.destroy();
  }
}
