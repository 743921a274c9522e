import { type DynamicModule, Module, type ValueProvider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { Commands } from './commands.js';
import { Controls } from './controls.js';
import { DeadLetters } from './dead-letters.js';
import type { ServiceDefinition } from './definition.js';
import { ControlController } from './http/control.controller.js';
import { DeadLettersController } from './http/dead-letters.controller.js';
import { HealthController } from './http/health.controller.js';
import { ProblemFilter } from './http/problem-filter.js';
import { UnsendableController } from './http/unsendable.controller.js';
import { ValidationPipe } from './http/validation-pipe.js';
import { WorkloadController } from './http/workload.controller.js';
import { ENVIRONMENT, LOG, OUTSIDE } from './injected.js';
import { UnsendableRecords } from './unsendable-records.js';
import { Vitals } from './vitals.js';
import { Workload } from './workload.js';

/** What Nest is given to inject: made by the boot, since their order of opening and ending matters. */
export interface Ingredients {
  readonly dataSource: DataSource;
  readonly commands: Commands;
  readonly vitals: Vitals;
  readonly workload: Workload;
  readonly deadLetters: DeadLetters;
  readonly unsendable: UnsendableRecords;
  /** Only for demonstrations and tests. */
  readonly controls?: Controls;
  /** What the definition's `outside` made. */
  readonly outside: unknown;
  readonly environment: object;
  readonly log: Logger;
}

/** Stands for the module of a service; what is in it comes from {@link serviceModule}. */
@Module({})
export class ServiceModule {}

/** The Nest module of a service: its controllers and ours, and what they may inject. */
export function serviceModule(definition: ServiceDefinition<any, any>, given: Ingredients): DynamicModule {
  const injectable = injectables(given);
  return {
    module: ServiceModule,
    global: true,
    controllers: [
      ...definition.controllers,
      HealthController,
      WorkloadController,
      DeadLettersController,
      UnsendableController,
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

const injectables = (given: Ingredients): ValueProvider[] => [
  // The token of `@InjectDataSource()` is the class itself; one pool under everything, ended last.
  { provide: DataSource, useValue: given.dataSource },
  { provide: Commands, useValue: given.commands },
  { provide: Vitals, useValue: given.vitals },
  { provide: Workload, useValue: given.workload },
  { provide: DeadLetters, useValue: given.deadLetters },
  { provide: UnsendableRecords, useValue: given.unsendable },
  { provide: OUTSIDE, useValue: given.outside },
  { provide: ENVIRONMENT, useValue: given.environment },
  { provide: LOG, useValue: given.log },
  ...(given.controls ? [{ provide: Controls, useValue: given.controls }] : []),
];
