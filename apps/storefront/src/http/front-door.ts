import { fileURLToPath } from 'node:url';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type CommonEnvironment, ENVIRONMENT } from '@quadrille/nest';
import type { FastifyInstance } from 'fastify';
import type { StorefrontEnvironment } from '../environment.js';
import { gateway } from '../gateway/gateway.js';
import { adminUrls, serviceUrls } from '../gateway/service-urls.js';
import { servePages } from '../pages/serve-pages.js';

/** Where Vite puts the pages; the same seen from the sources and from the build. */
const PAGES = fileURLToPath(new URL('../../web/dist/public', import.meta.url));

/** What the storefront has beside its API: the pages, and the way through to the other services. */
@Injectable()
export class FrontDoor implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment & CommonEnvironment,
  ) {}

  /** To wait for a plugin would make ready the routes of Nest before it has set its error handler, and they would not have it. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance() as FastifyInstance;
    fastify.register(gateway, {
      urls: serviceUrls(this.env),
      adminUrls: adminUrls(this.env),
      demo: this.env.QUADRILLE_DEMO,
    });
    servePages(fastify, PAGES);
  }
}
