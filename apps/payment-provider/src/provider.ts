import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureHttp, makeAdapter } from '@quadrille/nest/http';
import { ChargeStore } from './charges/charge-store.js';
import { ChargesController } from './charges/charges.controller.js';
import { BootProblem, type Environment } from './environment.js';
import { FaultsController } from './faults/faults.controller.js';
import { Faults } from './faults/faults.js';
import { HealthController } from './health.controller.js';
import { watchSilentConnections } from './silent-connections.js';

/** A running provider. */
export interface Provider {
  readonly url: string;
  /** Completes running requests, then closes port and journal. */
  stop(): Promise<void>;
}

class ProviderModule {}

/** Starts the provider. `onBroken` is called if its journal cannot be written; the process must then exit. */
export async function startProvider(env: Environment, onBroken: (error: Error) => void): Promise<Provider> {
  const charges = await ChargeStore.open(env.PROVIDER_DATA_DIR, onBroken).catch((error: Error) => {
    if (error instanceof BootProblem) throw error;
    throw new BootProblem(`PROVIDER_DATA_DIR (${env.PROVIDER_DATA_DIR}) cannot be used: ${error.message}.`);
  });
  const app = await NestFactory.create<NestFastifyApplication>(moduleOf(env, charges), makeAdapter(), {
    abortOnError: false,
    bodyParser: false,
    logger: false,
  });
  configureHttp(app, 'payment-provider', { error: logInfo, warn: logInfo, debug: () => {} }, env.ALLOWED_HOSTS);
  const endSilentConnections = watchSilentConnections(app.getHttpServer());
  await app.listen(env.PORT, env.HOST).catch(async (error: NodeJS.ErrnoException) => {
    await charges.close();
    if (error.code !== 'EADDRINUSE') throw error;
    throw new BootProblem(
      `Port ${env.PORT} on ${env.HOST} is in use. Stop the program that uses it, or set PORT to another.`,
    );
  });
  // Enabled only now, since boot errors are reported in one sentence instead.
  app.useLogger(['error', 'warn']);
  return {
    url: await app.getUrl(),
    async stop() {
      const closed = app.close();
      endSilentConnections();
      await closed;
      await charges.close();
    },
  };
}

/** Logs a failed request. */
const logInfo = (fields: object, msg?: string): void => {
  const { err, ...rest } = fields as { err?: Error };
  console.error(JSON.stringify({ level: err ? 'error' : 'warn', msg, ...rest, stack: err?.stack }));
};

const moduleOf = (env: Environment, charges: ChargeStore): DynamicModule => ({
  module: ProviderModule,
  controllers: [ChargesController, HealthController, ...(env.QUADRILLE_DEMO ? [FaultsController] : [])],
  providers: [
    { provide: ChargeStore, useValue: charges },
    { provide: Faults, useValue: new Faults(env.PROVIDER_UNREACHABLE_SECONDS) },
  ],
});
