import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { declareHttpMetrics } from '../telemetry/metrics.js';
import { serveMetrics } from '../telemetry/serve-metrics.js';
import { serveOpenApi } from './open-api.js';
import { ProblemFilter } from './problem-filter.js';
import { ValidationPipe } from './validation-pipe.js';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** What every application here says to the world: `/openapi.json`, `/docs`, and headers that keep browsers careful. JSON only. */
export function describeItself(app: NestFastifyApplication, name: string): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.removeContentTypeParser('text/plain');
  sendSecurityHeaders(fastify);
  serveOpenApi(app, fastify, name);
}

/** For an application that is no service of ours (no database, no topics) but answers like one: problems, schemas, OpenAPI, metrics. */
export function speakHttp(app: NestFastifyApplication, name: string, log: Pick<Logger, 'error'>): void {
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(new ValidationPipe());
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  serveMetrics(fastify, name, declareHttpMetrics(name));
  describeItself(app, name);
}

/** A controller that serves pages may set its own policy: headers of the reply win. */
function sendSecurityHeaders(fastify: FastifyInstance): void {
  const careful = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': API_POLICY,
  };
  fastify.addHook('onRequest', (_, reply, done) => {
    reply.headers(careful);
    done();
  });
}
