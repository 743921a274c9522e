import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { CLEAR, Link, type LinkConditions } from './link.js';

/** The target address; evaluated per connection, so that a server may restart on another port. */
export type Target = () => { readonly host: string; readonly port: number };

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly links: readonly [Link, Link];
}

/** A TCP proxy that injects faults on one link: latency, limited bandwidth, a black hole, resets, half-open connections. */
export class FaultProxy {
  #conditions: LinkConditions = CLEAR;
  /** If a client sends these bytes, they are forwarded and the client connection is reset. */
  cutAfter: Buffer | undefined;
  readonly #pairs = new Set<Pair>();
  /** Client sockets whose server side is gone. */
  readonly #orphans = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: Target,
  ) {
    server.on('connection', (client) => this.#accept(client));
  }

  /** Listens on the loopback interface, on the given port or a free one. */
  static async listen(target: Target, port = 0): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: false });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Applies to existing and new connections. */
  set conditions(conditions: LinkConditions) {
    this.#conditions = conditions;
    for (const { links } of this.#pairs) for (const link of links) link.conditions = conditions;
  }

  /** Resets all connections on both sides. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Destroys the server sides without closing the client sides: existing connections stay silent, new ones work. */
  silence(): void {
    for (const pair of this.#pairs) {
      this.#pairs.delete(pair);
      this.#orphans.add(pair.client);
      for (const link of pair.links) link.end();
      pair.server.destroy();
      // Bytes from the client are read and dropped, as by a firewall that has lost the connection state.
      pair.client.removeAllListeners('data').on('data', () => {});
    }
  }

  /** Closes all connections and stops listening. */
  async close(): Promise<void> {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    for (const client of this.#orphans) client.destroy();
    await new Promise((closed) => this.server.close(closed));
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.target(), noDelay: true });
    client.setNoDelay(true);
    const cut = (passed: Buffer) => {
      if (this.cutAfter && passed.includes(this.cutAfter)) client.resetAndDestroy();
    };
    const links = [
      new Link(client, server, this.#conditions, cut),
      new Link(server, client, this.#conditions),
    ] as const;
    const pair: Pair = { client, server, links };
    this.#pairs.add(pair);
    for (const [mine, other] of [
      [client, server],
      [server, client],
    ] as const) {
      mine.on('error', () => {});
      mine.on('close', () => {
        this.#orphans.delete(mine);
        if (!this.#pairs.delete(pair)) return;
        for (const link of links) link.end();
        other.destroy();
      });
    }
  }
}
