import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { traceIdOf } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import type { CommonEnvironment } from '../environment.js';
import { nestLog } from '../logging.js';
import { type ServiceProviders, serviceModule } from '../service-module.js';
import { makeAdapter } from './adapter.js';
import { serveApiDescription } from './configure-http.js';
import { cutEventStreamsOnClose } from './event-streams.js';

/** What an application is told about HTTP. */
export type HttpSettings = Pick<CommonEnvironment, 'BODY_LIMIT_BYTES' | 'ALLOWED_HOSTS'>;

/** The Nest application of a service on Fastify, initialised but not listening yet. */
export async function makeApplication(
  definition: ServiceDefinition<any, any>,
  settings: HttpSettings,
  given: ServiceProviders,
  watchRequests: (fastify: FastifyInstance) => void = () => {},
): Promise<NestFastifyApplication> {
  const adapter = makeAdapter(settings.BODY_LIMIT_BYTES);
  const app = await NestFactory.create<NestFastifyApplication>(serviceModule(definition, given), adapter, {
    logger: nestLog(given.log),
    // Fastify reads JSON by itself; forms and plain text are nothing we take.
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  watchRequests(fastify);
  cutEventStreamsOnClose(fastify);
  logRequests(fastify, given.log);
  serveApiDescription(app, definition.steps.service, settings.ALLOWED_HOSTS);
  await app.init();
  return app;
}

function logRequests(fastify: FastifyInstance, log: Logger): void {
  if (!log.isLevelEnabled('debug')) return;
  fastify.addHook('onResponse', async (request, reply) => {
    const { id: requestId, method, url, headers } = request;
    log.debug(
      {
        requestId,
        ...traceIdOf(headers.traceparent),
        method,
        url,
        status: reply.statusCode,
        tookMs: Math.round(reply.elapsedTime),
      },
      'answered',
    );
  });
}
