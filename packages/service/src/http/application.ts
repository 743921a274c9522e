import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import { newId } from '../ids.js';
import { nestLog } from '../logging.js';
import { type Ingredients, serviceModule } from '../service-module.js';
import { traceIdOf } from '../trace-id.js';
import { cutEventStreamsOnClose } from './event-streams.js';
import { describeItself } from './speak-http.js';

/** Longer than proxies keep an idle connection (60 s is usual), so that we are never the one that hangs up in their face. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** The Nest application of a service on Fastify, initialised but not listening yet. */
export async function makeApplication(
  definition: ServiceDefinition<any, any>,
  bodyLimitBytes: number,
  given: Ingredients,
  watchRequests: (fastify: FastifyInstance) => void = () => {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    genReqId: () => newId(),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
  });
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
  describeItself(app, definition.part.service);
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
