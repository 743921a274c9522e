import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { traceIdOf } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import { admitCallers } from '../identity/admit-callers.js';
import type { TokenVerifier } from '../identity/token-verifier.js';
import { nestLog } from '../logging.js';
import { type ServiceProviders, serviceModule } from '../service-module.js';
import { makeAdapter } from './adapter.js';
import type { AdminListener } from './admin-listener.js';
import { guardRequests, serveApiDescription } from './configure-http.js';
import { cutEventStreamsOnClose } from './event-streams.js';
import type { HttpEnvironment } from './http-environment.js';
import { limitRates } from './rate-limit.js';

/** The HTTP settings of an application. */
export type HttpSettings = HttpEnvironment & { readonly BODY_LIMIT_BYTES: number };

export interface ApplicationParts {
  /** Without it callers are not authenticated. */
  readonly verifier?: TokenVerifier | undefined;
  /** Without it one listener serves all routes. */
  readonly admin?: AdminListener | undefined;
  /** Adds hooks and routes after the rejecting ones, and before all others. */
  readonly watchRequests?: (fastify: FastifyInstance) => void;
}

/** Creates the Nest application of a service on Fastify, initialised but not listening yet. */
export async function makeApplication(
  definition: ServiceDefinition<any, any>,
  settings: HttpSettings,
  given: ServiceProviders,
  { verifier, admin, watchRequests }: ApplicationParts = {},
): Promise<NestFastifyApplication> {
  const adapter = makeAdapter(settings.BODY_LIMIT_BYTES, settings.TRUSTED_PROXIES);
  const app = await NestFactory.create<NestFastifyApplication>(serviceModule(definition, given), adapter, {
    logger: nestLog(given.log),
    // Fastify parses JSON itself; forms and plain text are not supported.
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const count = await limitRates(fastify, settings.RATE_LIMIT_PER_MINUTE);
  guardRequests(fastify, settings.ALLOWED_HOSTS);
  const { tokenReader } = definition;
  admitCallers(fastify, verifier, count, tokenReader && ((...of) => app.get(tokenReader).tokenOf(...of)));
  admin?.separate(fastify);
  watchRequests?.(fastify);
  cutEventStreamsOnClose(fastify);
  logRequests(fastify, given.log);
  serveApiDescription(app, definition.steps.service);
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
