import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureHttp, makeAdapter } from '@quadrille/nest/http';
import type { FastifyInstance } from 'fastify';
import { AuthorizationCodes } from './authorization.js';
import { BootProblem, type Environment } from './environment.js';
import { HealthController } from './health.controller.js';
import { OpenIdController } from './openid.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { signingKeyIn } from './signing-key.js';
import { Tokens } from './tokens.js';

/** A running identity provider. */
export interface IdentityProvider {
  readonly url: string;
  stop(): Promise<void>;
}

class IdentityProviderModule {}

/** Starts the identity provider. Throws a {@link BootProblem} if its folder or its port cannot be used. */
export async function startIdentityProvider(env: Environment): Promise<IdentityProvider> {
  const key = await signingKeyIn(env.IDENTITY_PROVIDER_DATA_DIR).catch((error: Error) => {
    throw new BootProblem(
      `IDENTITY_PROVIDER_DATA_DIR is ${env.IDENTITY_PROVIDER_DATA_DIR}, which cannot be used: ${error.message}.`,
    );
  });
  const issuer = (env.AUTH_ISSUER ?? `http://127.0.0.1:${env.PORT}`).replace(/\/$/, '');
  const module = {
    module: IdentityProviderModule,
    controllers: [OpenIdController, HealthController],
    providers: [
      { provide: Tokens, useValue: new Tokens(issuer, env.AUTH_AUDIENCE, key) },
      { provide: AuthorizationCodes, useValue: new AuthorizationCodes() },
      { provide: RefreshTokens, useValue: new RefreshTokens() },
    ],
  };
  const app = await NestFactory.create<NestFastifyApplication>(module, makeAdapter(), {
    ...{ abortOnError: false, bodyParser: false, logger: false },
  });
  configureHttp(app, 'identity-provider', { error: log, warn: log, debug: () => {} }, env.ALLOWED_HOSTS);
  readForms(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
  await app.listen(env.PORT, env.HOST).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new BootProblem(
      `Port ${env.PORT} on ${env.HOST} is in use. Stop the program that uses it, or set PORT to another.`,
    );
  });
  return { url: await app.getUrl(), stop: () => app.close() };
}

/** RFC 6749, 4.1.3: the body of a token request is a form. */
function readForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)));
  });
}

const log = (fields: object, msg?: string): void => {
  const { err, ...rest } = fields as { err?: Error };
  console.error(JSON.stringify({ level: err ? 'error' : 'warn', msg, ...rest, stack: err?.stack }));
};
