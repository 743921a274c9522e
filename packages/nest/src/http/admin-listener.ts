import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Problem } from '@quadrille/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SERVER_OPTIONS } from './adapter.js';
import { pathOf } from './problem-document.js';

/** Where a route is answered: `admin` at the second listener only, `both` at both, else at the first only. */
export type Listener = 'admin' | 'both';

declare module 'fastify' {
  interface FastifyContextConfig {
    listener?: Listener;
  }
}

/** What Node.js tells a server of; the first one has the answers. */
const EVENTS = ['request', 'checkContinue', 'clientError'] as const;

/**
 * A second door of one application, for those who run it: dead letters, metrics and controls are answered there and nowhere else,
 * so that a network that reaches the first one reaches none of them.
 */
export class AdminListener {
  private readonly server: Server = createServer(SERVER_OPTIONS);
  private readonly sockets = new WeakSet<Socket>();

  constructor() {
    this.server.on('connection', (socket) => this.sockets.add(socket));
  }

  /** Lets each route be answered at its own listener only. Before any route is added. */
  separate(fastify: FastifyInstance): void {
    for (const event of EVENTS) this.server.on(event, (...given) => fastify.server.emit(event, ...given));
    // After who answers without a route, such as with a page at the same address; before the body is read.
    fastify.addHook('preParsing', (request, _, payload, done) => {
      if (request.is404 || this.answers(request)) return done(null, payload);
      done(new Problem(404, 'not-found', `Cannot ${request.method} ${pathOf(request.url)}`));
    });
  }

  /** Takes requests from now on. */
  async listen(port: number, host: string): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, resolve);
    });
    return this.server.address() as AddressInfo;
  }

  /** What runs is finished first. */
  close(): Promise<void> {
    this.server.closeIdleConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }

  closeAllConnections(): void {
    this.server.closeAllConnections();
  }

  private answers({ raw, routeOptions }: FastifyRequest): boolean {
    const { listener } = routeOptions.config;
    return listener === 'both' || this.sockets.has(raw.socket) === (listener === 'admin');
  }
}
