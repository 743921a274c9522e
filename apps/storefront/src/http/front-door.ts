import { fileURLToPath } from 'node:url';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type CommonEnvironment, ENVIRONMENT } from '@quadrille/nest';
import type { FastifyInstance } from 'fastify';
import type { StorefrontEnvironment } from '../environment.js';
import { gateway } from '../gateway/gateway.js';
import { adminUrls, serviceUrls } from '../gateway/service-urls.js';
import { servePages } from '../pages/serve-pages.js';
import { BrowserSession } from '../sign-in/browser-session.js';

/** The output folder of Vite; the path is valid for sources and build. */
const PAGES = fileURLToPath(new URL('../../web/dist/public', import.meta.url));

/** The parts of the storefront beside its API: the pages and the gateway. */
@Injectable()
export class FrontDoor implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly session: BrowserSession,
    @Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment & CommonEnvironment,
  ) {}

  /** Not awaited: that would start the routes of Nest before its error handler is set, and they would lack it. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance() as FastifyInstance;
    fastify.register(gateway, {
      urls: serviceUrls(this.env),
      adminUrls: adminUrls(this.env),
      demo: this.env.QUADRILLE_DEMO,
      tokenOf: (request, reply) => this.session.tokenOf(request, reply),
    });
    servePages(fastify, PAGES);
  }
}
