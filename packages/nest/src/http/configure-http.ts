import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { declareHttpMetrics, serveMetrics } from '@quadrille/telemetry';
import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from './allowed-methods.js';
import { serveOpenApi } from './open-api.js';
import { ProblemFilter, type ProblemLog } from './problem-filter.js';
import { readBodies } from './read-bodies.js';
import { refuseForeignHosts } from './refuse-foreign-hosts.js';
import { sendSecurityHeaders } from './security-headers.js';
import { ValidationPipe } from './validation-pipe.js';

/** Rejects foreign requests before any work, and sends security headers. Call it before adding routes. */
export function guardRequests(fastify: FastifyInstance, hosts: readonly string[]): void {
  sendSecurityHeaders(fastify);
  refuseForeignHosts(fastify, hosts);
}

/** Serves the API description of an application: `/openapi.json`, `/docs`. JSON only. */
export function serveApiDescription(app: NestFastifyApplication, name: string): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  refuseOtherMethods(fastify);
  readBodies(fastify);
  serveOpenApi(app, fastify, name);
}

/**
 * Configures an application that is no service (no database, no topics) but has the same HTTP conventions: problems, schemas,
 * OpenAPI, metrics. `hosts` are its allowed host names.
 */
export function configureHttp(
  app: NestFastifyApplication,
  name: string,
  log: ProblemLog,
  hosts: readonly string[],
): void {
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(new ValidationPipe());
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  guardRequests(fastify, hosts);
  serveMetrics(fastify, name, declareHttpMetrics(name));
  serveApiDescription(app, name);
}

export { makeAdapter } from './adapter.js';
export { allowedHosts, ratePerMinute } from './http-environment.js';
