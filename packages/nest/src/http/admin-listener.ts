import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Problem } from '@quadrille/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SERVER_OPTIONS } from './adapter.js';
import { pathOf } from './problem-document.js';

/** The listeners of a route: `admin` only the second one, `both` both, otherwise only the first. */
export type Listener = 'admin' | 'both';

declare module 'fastify' {
  interface FastifyContextConfig {
    listener?: Listener;
  }
}

/** The events of a Node.js server, forwarded to the first one. */
const EVENTS = ['request', 'checkContinue', 'clientError'] as const;

/**
 * A second listener of one application, for operators: dead letters, metrics and controls are served only there, so that a
 * network with access to the first one cannot reach them.
 */
export class AdminListener {
  private readonly server: Server = createServer(SERVER_OPTIONS);
  private readonly sockets = new WeakSet<Socket>();

  constructor() {
    this.server.on('connection', (socket) => this.sockets.add(socket));
  }

  /** Restricts each route to its own listener. Call it before adding routes. */
  separate(fastify: FastifyInstance): void {
    for (const event of EVENTS) this.server.on(event, (...given) => fastify.server.emit(event, ...given));
    // After handlers without a route, such as pages at the same address; before the body is read.
    fastify.addHook('preParsing', (request, _, payload, done) => {
      if (request.is404 || this.answers(request)) return done(null, payload);
      done(new Problem(404, 'not-found', `Cannot ${request.method} ${pathOf(request.url)}`));
    });
  }

  /** Accepts requests from now on. */
  async listen(port: number, host: string): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, resolve);
    });
    return this.server.address() as AddressInfo;
  }

  /** Waits for running requests. */
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
