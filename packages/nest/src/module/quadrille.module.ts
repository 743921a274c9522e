import { type DynamicModule, HttpException, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { type CommandOptions, type CommandOutcome, Commands, Problem } from '@quadrille/runtime';
import { bodyOfProblem } from '../http/problem-body.js';
import { ChoreographyService, FEATURE, QUADRILLE_ENVIRONMENT } from './choreography-service.js';
import type { FeatureOptions } from './feature.js';

/** How `forRootAsync` gets its environment: an object of variables as strings, with the names of the documentation. */
export interface QuadrilleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: any[];
  readonly useFactory: (...injected: any[]) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
}

/** Runs commands once the service has started. A problem becomes an `HttpException`, as exception filters of an application expect it. */
@Injectable()
class CommandsOfFeature extends Commands {
  constructor(private readonly service: ChoreographyService) {
    super();
  }

  async run(step: string, data: unknown, options: CommandOptions): Promise<CommandOutcome> {
    try {
      return await this.service.parts.commands.run(step, data, options);
    } catch (error) {
      throw error instanceof Problem ? httpExceptionOf(error) : error;
    }
  }
}

/** Nest's exceptions have no headers, so that the pause before another try is a member of the body. */
const httpExceptionOf = (problem: Problem): HttpException => {
  const { retryAfterSeconds } = problem.extensions;
  const body = { ...bodyOfProblem(problem), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  return new HttpException(body, problem.status, { cause: problem });
};

/**
 * A choreography in an application that you have: `forRoot` once, `forFeature` for each service of a choreography that runs in it.
 * Your `main.ts`, adapter, guards, pipes and filters stay yours.
 */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of Nest is a class, and its dynamic forms are static methods
export class QuadrilleModule {
  /** Reads `DATABASE_URL`, `KAFKA_BROKERS` and the limits from these variables. */
  static forRoot(environment: NodeJS.ProcessEnv = process.env): DynamicModule {
    return QuadrilleModule.forRootAsync({ useFactory: () => environment });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: QuadrilleAsyncOptions): DynamicModule {
    // A copy, so that each application has an object of its own.
    const environment = async (...injected: any[]) => ({ ...(await useFactory(...injected)) });
    const provider = { provide: QUADRILLE_ENVIRONMENT, inject, useFactory: environment };
    return { module: QuadrilleModule, global: true, imports, providers: [provider], exports: [provider] };
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
