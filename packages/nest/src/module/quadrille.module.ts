import { type DynamicModule, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Wire } from '@quadrille/choreography';
import { type CommandOptions, type CommandOutcome, Commands } from '@quadrille/runtime';
import { httpExceptionOf } from '../http/problem-exception.js';
import { ChoreographyService, FEATURE, QUADRILLE_ENVIRONMENT, Services, WIRE } from './choreography-service.js';
import type { FeatureOptions } from './feature.js';
import { QuadrilleHealthIndicator } from './health-indicator.js';
import { type RoutesOptions, routesAt } from './routes.js';

/** The environment for `forRootAsync`: an object of variables as strings, with the documented names. */
export interface QuadrilleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: any[];
  readonly useFactory: (...injected: any[]) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
}

/** The options for all choreographies of an application. */
export interface QuadrilleOptions extends Pick<ModuleMetadata, 'imports'> {
  /** Variables with the documented names; `process.env` by default. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Enables routes for operators. Without it there are no routes. */
  readonly routes?: RoutesOptions;
  /** The form of records, if it is not CloudEvents with JSON; a function of the environment where it needs addresses and logins. */
  readonly wire?: Wire | ((environment: NodeJS.ProcessEnv) => Wire);
}

/** The same, with an environment from providers of the application. */
export interface QuadrilleRootAsyncOptions extends QuadrilleAsyncOptions, Pick<QuadrilleOptions, 'routes' | 'wire'> {}

/**
 * Runs commands once the service has started. A problem becomes an `HttpException`, as exception filters of an application expect
 * it.
 */
@Injectable()
class CommandsOfFeature extends Commands {
  constructor(private readonly service: ChoreographyService) {
    super();
  }

  async run(step: string, data: unknown, options: CommandOptions): Promise<CommandOutcome> {
    try {
      return await this.service.parts.commands.run(step, data, options);
    } catch (error) {
      throw httpExceptionOf(error);
    }
  }
}

/**
 * Adds choreographies to an existing application: `forRoot` once, `forFeature` for each of its services. Your `main.ts`, adapter,
 * guards, pipes and filters are unchanged.
 */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of Nest is a class, and its dynamic forms are static methods
export class QuadrilleModule {
  /** Reads `DATABASE_URL`, `KAFKA_BROKERS` and the limits from these variables. */
  static forRoot({ environment = process.env, ...options }: QuadrilleOptions = {}): DynamicModule {
    return QuadrilleModule.forRootAsync({ ...options, useFactory: () => environment });
  }

  /** Also exports {@link QuadrilleHealthIndicator}. Throws a `BootProblem` for `routes` without a guard. */
  static forRootAsync({
    imports = [],
    inject = [],
    useFactory,
    routes,
    wire,
  }: QuadrilleRootAsyncOptions): DynamicModule {
    const environment = { provide: QUADRILLE_ENVIRONMENT, inject, useFactory };
    const form = {
      provide: WIRE,
      inject: [QUADRILLE_ENVIRONMENT],
      useFactory: (given: NodeJS.ProcessEnv) => (typeof wire === 'function' ? wire(given) : wire),
    };
    return {
      module: QuadrilleModule,
      global: true,
      imports,
      controllers: routes ? [routesAt(routes)] : [],
      providers: [environment, form, Services, QuadrilleHealthIndicator],
      exports: [environment, form, Services, QuadrilleHealthIndicator],
    };
  }

  /** Exports {@link Commands} and {@link ChoreographyService} to the module that imports it. */
  static forFeature(feature: FeatureOptions): DynamicModule {
    return {
      module: QuadrilleModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: FEATURE, useValue: feature },
        ChoreographyService,
        { provide: Commands, useClass: CommandsOfFeature },
      ],
      exports: [Commands, ChoreographyService],
    };
  }
}
