import type { Provider, Type } from '@nestjs/common';
import type { PersonalData, Tx } from '@quadrille/choreography';
import type { RuntimeDefinition } from '@quadrille/runtime';
import type { EntitySchema, MigrationInterface } from 'typeorm';
import type { z } from 'zod';
import type { TokenReader } from './identity/token-verifier.js';

/** The complete definition of a service: the table of contents of an app. `runService` runs it. */
export interface ServiceDefinition<Environment extends z.ZodRawShape = z.ZodRawShape, Gateways = unknown>
  extends RuntimeDefinition<z.infer<z.ZodObject<Environment>>> {
  /** The service's own migrations; those of outbox, inbox and the runner are added. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /**
   * The table in which TypeORM lists executed migrations; `migrations` by default, unless the application has its own list there.
   */
  readonly migrationsTable?: string;
  /** For the read side. */
  readonly entities?: readonly (EntitySchema | (new () => object))[];
  readonly defaultPort: number;
  /** Additional environment variables; validated at boot. */
  readonly environment?: Environment;
  /** Creates the gateways for `call`: connections to external services. */
  readonly gateways?: (
    env: z.infer<z.ZodObject<Environment>>,
    parts: { readonly personalData: PersonalData },
  ) => Gateways;
  /** HTTP controllers; they run commands through `Commands` and read through TypeORM's `DataSource`. */
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
  /** One of the providers, which finds tokens elsewhere than in `Authorization`. */
  readonly tokenReader?: Type<TokenReader>;
  /** Retention rules of the service's tables, in addition to inbox and idempotency keys. */
  readonly retention?: readonly RetentionRule<z.infer<z.ZodObject<Environment>>>[];
  /** Maximum idle time of a saga until its deadline, in seconds; for services with a deadline row. */
  readonly deadlineSeconds?: (env: z.infer<z.ZodObject<Environment>>) => number;
}

/** A limited statement that deletes rows older than the configured retention, and returns their number. */
export interface RetentionRule<Env> {
  readonly name: string;
  readonly purge: (tx: Tx, env: Env, limit: number) => Promise<number>;
}

/** Infers matching types of environment and gateways. */
export const defineService = <Environment extends z.ZodRawShape, Gateways>(
  definition: ServiceDefinition<Environment, Gateways>,
): ServiceDefinition<Environment, Gateways> => definition;
