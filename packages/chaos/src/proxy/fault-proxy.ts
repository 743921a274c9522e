import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Link } from './link.js';
import { CLEAR, type LinkConditions } from './link-conditions.js';

/** Where a proxy leads to; asked for each connection, so that a server may come back elsewhere. */
export type Target = () => { readonly host: string; readonly port: number };

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly lanes: readonly [Link, Link];
}

/** A TCP proxy whose weather can be made bad: slow, narrow, silent, or cut off. One for each road that a spec wants to break. */
export class FaultProxy {
  #weather: LinkConditions = CLEAR;
  /** A client that sends this loses its connection; the server has it then. */
  cutAfter: Buffer | undefined;
  readonly #pairs = new Set<Pair>();
  /** Sockets without another end: whose connection went silent. */
  readonly #orphans = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: Target,
  ) {
    server.on('connection', (client) => this.#accept(client));
  }

  /** Listens on the loopback interface, on this port or any free one. */
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

  /** For all connections, those to come as well. */
  set weather(weather: LinkConditions) {
    this.#weather = weather;
    for (const { lanes } of this.#pairs) for (const lane of lanes) lane.weather = weather;
  }

  /** Breaks all connections: both ends are told by a reset. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Takes the servers' ends away and tells no client: to them, their connections are only silent, for ever. New ones are well. */
  silence(): void {
    for (const pair of this.#pairs) {
      this.#pairs.delete(pair);
      this.#orphans.add(pair.client);
      for (const lane of pair.lanes) lane.end();
      pair.server.destroy();
      // What is sent is taken and lost, as by a firewall that has forgotten the connection.
      pair.client.removeAllListeners('data').on('data', () => {});
    }
  }

  /** Ends all connections and listens no more. */
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
    const lanes = [new Link(client, server, this.#weather, cut), new Link(server, client, this.#weather)] as const;
    const pair: Pair = { client, server, lanes };
    this.#pairs.add(pair);
    for (const [mine, other] of [
      [client, server],
      [server, client],
    ] as const) {
      mine.on('error', () => {});
      mine.on('close', () => {
        this.#orphans.delete(mine);
        if (!this.#pairs.delete(pair)) return;
        for (const lane of lanes) lane.end();
        other.destroy();
      });
    }
  }
}
