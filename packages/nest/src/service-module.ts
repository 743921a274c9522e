import { type DynamicModule, Module, type ValueProvider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { Commands, DeadLetters, OutboxDeadLetters, Workload } from '@quadrille/runtime';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { ServiceDefinition } from './definition.js';
import { Controls } from './faults/controls.js';
import { HealthService } from './health-service.js';
import { ControlController } from './http/control.controller.js';
import { DeadLettersController } from './http/dead-letters.controller.js';
import { HealthController } from './http/health.controller.js';
import { OutboxDeadLettersController } from './http/outbox-dead-letters.controller.js';
import { ProblemFilter } from './http/problem-filter.js';
import { ValidationPipe } from './http/validation-pipe.js';
import { WorkloadController } from './http/workload.controller.js';
import type { TokenVerifier } from './identity/token-verifier.js';
import { ENVIRONMENT, GATEWAYS, LOG, PERSONAL_DATA, TOKEN_VERIFIER } from './injected.js';
import type { ServiceParts } from './service-parts.js';

/** The providers of a service: created by the boot, because their order of opening and closing matters. */
export interface ServiceProviders
  extends Pick<
    ServiceParts,
    | 'dataSource'
    | 'commands'
    | 'health'
    | 'workload'
    | 'deadLetters'
    | 'outboxDeadLetters'
    | 'gateways'
    | 'personalData'
  > {
  /** Only for demonstrations and tests. */
  readonly controls?: Controls;
  /** Undefined if callers are not authenticated. */
  readonly verifier?: TokenVerifier | undefined;
  readonly environment: object;
  readonly log: Logger;
}

/** The module class of a service; {@link serviceModule} adds its contents. */
@Module({})
class ServiceModule {}

/** Creates the Nest module of a service: its controllers and ours, with their providers. */
export function serviceModule(definition: ServiceDefinition<any, any>, given: ServiceProviders): DynamicModule {
  const injectable = injectables(given);
  return {
    module: ServiceModule,
    global: true,
    controllers: [
      ...definition.controllers,
      HealthController,
      WorkloadController,
      DeadLettersController,
      OutboxDeadLettersController,
      ...(given.controls ? [ControlController] : []),
    ],
    providers: [
      ...injectable,
      { provide: APP_PIPE, useClass: ValidationPipe },
      { provide: APP_FILTER, useFactory: () => new ProblemFilter(given.log) },
      ...(definition.providers ?? []),
    ],
    exports: injectable.map(({ provide }) => provide),
  };
}

const injectables = (given: ServiceProviders): ValueProvider[] => [
  // The token of `@InjectDataSource()` is the class itself; one pool under everything, closed last.
  { provide: DataSource, useValue: given.dataSource },
  { provide: Commands, useValue: given.commands },
  { provide: HealthService, useValue: given.health },
  { provide: Workload, useValue: given.workload },
  { provide: DeadLetters, useValue: given.deadLetters },
  { provide: OutboxDeadLetters, useValue: given.outboxDeadLetters },
  { provide: GATEWAYS, useValue: given.gateways },
  { provide: PERSONAL_DATA, useValue: given.personalData },
  { provide: ENVIRONMENT, useValue: given.environment },
  { provide: LOG, useValue: given.log },
  { provide: TOKEN_VERIFIER, useValue: given.verifier },
  ...(given.controls ? [{ provide: Controls, useValue: given.controls }] : []),
];
