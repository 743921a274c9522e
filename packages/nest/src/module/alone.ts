import type { DynamicModule, Type } from '@nestjs/common';
import type { Migration } from '@quadrille/outbox';
import type { Pool } from 'pg';
import type { ServiceDefinition } from '../definition.js';
import type { CommonEnvironment } from '../environment.js';
import type { ServiceContext } from '../service-context.js';
import type { Shutdown } from '../shutdown.js';
import { openApplicationPool } from './application-pool.js';
import { openContext } from './open-context.js';
import type { QuadrilleAsyncOptions } from './quadrille.module.js';

/** A global module with one component without a choreography, and the environment under its token. */
export const moduleAlone = (
  module: Type,
  part: Type,
  token: symbol,
  { imports = [], inject = [], useFactory }: QuadrilleAsyncOptions,
): DynamicModule => ({
  module,
  global: true,
  imports,
  providers: [{ provide: token, inject, useFactory }, part],
  exports: [part],
});

/**
 * Opens a component without a choreography: a migrated database and its pool, then `start`. Returns its shutdown; if an error is
 * thrown, everything is closed again.
 */
export async function openAlone(
  definition: ServiceDefinition<any, any>,
  env: CommonEnvironment,
  migrations: readonly (new () => Migration)[],
  start: (context: ServiceContext, pool: Pool) => Promise<void> | void,
): Promise<Shutdown> {
  const context = openContext(definition, env);
  try {
    await start(context, await openApplicationPool(context, migrations));
    return context.shutdown;
  } catch (error) {
    await context.shutdown.end();
    throw error;
  }
}
