import type { Provider, Type } from '@nestjs/common';
import type { PersonalData, Tx } from '@quadrille/choreography';
import type { RuntimeDefinition } from '@quadrille/runtime';
import type { FastifyRequest } from 'fastify';
import type { EntitySchema, MigrationInterface } from 'typeorm';
import type { z } from 'zod';

/** Everything there is to say about a service. The table of contents of an app; `runService` does the rest. */
export interface ServiceDefinition<Environment extends z.ZodRawShape = z.ZodRawShape, Outside = unknown>
  extends RuntimeDefinition<z.infer<z.ZodObject<Environment>>> {
  /** The service's own migrations; those of outbox, inbox and the runner come by themselves. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Where TypeORM lists the migrations that ran; `migrations` unless the application has a list of its own there. */
  readonly migrationsTable?: string;
  /** For the read side. */
  readonly entities?: readonly (EntitySchema | (new () => object))[];
  readonly defaultPort: number;
  /** Environment variables beside those every service has; validated at boot. */
  readonly environment?: Environment;
  /** Makes what `call` is given: connections to the outside world. */
  readonly gateways?: (
    env: z.infer<z.ZodObject<Environment>>,
    parts: { readonly personalData: PersonalData },
  ) => Outside;
  /** HTTP controllers; they run commands through `Commands` and read through TypeORM's `DataSource`. */
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
  /** The access token of a request that has no `Authorization`, such as one that a browser keeps in a cookie. */
  readonly tokenOf?: (request: FastifyRequest) => string | undefined;
  /** Tables of the service whose old rows may go, beside inbox and idempotency keys. */
  readonly retention?: readonly RetentionRule<z.infer<z.ZodObject<Environment>>>[];
  /** How long a saga may rest before its clock is due, in seconds; for services with a clock row. */
  readonly deadlineSeconds?: (env: z.infer<z.ZodObject<Environment>>) => number;
}

/** A bounded statement that deletes what is older than the environment says, and tells how many rows went. */
export interface RetentionRule<Env> {
  readonly name: string;
  readonly purge: (tx: Tx, env: Env, limit: number) => Promise<number>;
}

/** Keeps the types of the environment and the outside together. */
export const defineService = <Environment extends z.ZodRawShape, Outside>(
  definition: ServiceDefinition<Environment, Outside>,
): ServiceDefinition<Environment, Outside> => definition;
