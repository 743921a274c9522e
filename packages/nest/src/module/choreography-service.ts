import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { type Choreography, topicConflicts, type Wire } from '@quadrille/choreography';
import { Problem, type SagaWatch } from '@quadrille/runtime';
import { BootProblem } from '../boot-problems.js';
import { readEnvironmentOf } from '../broker.js';
import { demandSoundTopics } from '../choreography-problems.js';
import type { ServiceDefinition } from '../definition.js';
import { openParts, type ServiceParts, startParts } from '../service-parts.js';
import type { Shutdown } from '../shutdown.js';
import { collectSteps } from './collect-steps.js';
import type { FeatureOptions } from './feature.js';
import { MIGRATIONS_TABLE, openContext } from './open-context.js';

/** The environment shared by all features of an application. */
export const QUADRILLE_ENVIRONMENT = Symbol('quadrille:environment');
/** The form of the records of an application, if it is not the default one: relays of one database send each other's records. */
export const WIRE = Symbol('quadrille:wire');
export const FEATURE = Symbol('quadrille:feature');

/** Services of one application share one database, in which a step is identified by its name. */
function conflictsOf(service: ChoreographyService, other: ChoreographyService): string[] {
  const twice = service.stepNames.filter((name) => other.stepNames.includes(name));
  return [
    ...topicConflicts(other.choreography, service.choreography),
    ...twice.map(
      (name) =>
        `${other.name} and ${service.name} both have a step '${name}', and share one database: rename the row and the step in one of them.`,
    ),
  ];
}

/** The choreography services in this application, by name. */
@Injectable()
export class Services {
  private readonly byName = new Map<string, ChoreographyService>();

  /** Throws a {@link BootProblem} if the service already exists, or conflicts with another one. */
  add(service: ChoreographyService): void {
    if (this.byName.has(service.name)) {
      throw new BootProblem(
        `The service ${service.name} runs twice in this application: call QuadrilleModule.forFeature() once and import its result.`,
      );
    }
    const problems = this.all().flatMap((other) => conflictsOf(service, other));
    if (problems.length > 0) throw new BootProblem([...new Set(problems)].join('\n'));
    this.byName.set(service.name, service);
  }

  all(): readonly ChoreographyService[] {
    return [...this.byName.values()];
  }

  /** Throws a problem 404 for an unknown service. */
  named(name: string): ChoreographyService {
    const service = this.byName.get(name);
    if (service) return service;
    throw new Problem(
      404,
      'unknown-service',
      `There is no service ${name}; there is ${[...this.byName.keys()].join(', ')}.`,
    );
  }

  /** The steps of the other services: all services of an application park in one database. */
  stepsBeside(service: ChoreographyService): string[] {
    return this.all().flatMap((other) => (other === service ? [] : other.stepNames));
  }
}

/**
 * Runs one service of a choreography inside an application: inject it for health, dead letters and metrics. It starts when the
 * application has bootstrapped, before it listens, and ends when the application is closed: call `app.enableShutdownHooks()`.
 */
@Injectable()
export class ChoreographyService implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private definition: ServiceDefinition<any, any> | undefined;
  private opened: ServiceParts | undefined;
  private shutdown: Shutdown | undefined;

  constructor(
    @Inject(FEATURE) private readonly feature: FeatureOptions,
    @Inject(QUADRILLE_ENVIRONMENT) private readonly environment: NodeJS.ProcessEnv,
    @Inject(WIRE) private readonly wire: Wire | undefined,
    private readonly services: Services,
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Unique in the application: `shop.stock`. */
  get name(): string {
    return `${this.feature.choreography.system}.${this.feature.service}`;
  }

  get choreography(): Choreography<any> {
    return this.feature.choreography;
  }

  /** The names of its steps. Empty before the application has been initialized. */
  get stepNames(): readonly string[] {
    return this.definition?.steps.steps.map(({ name }) => name) ?? [];
  }

  /** The watch of open sagas, in the service that ends them. */
  get sagas(): SagaWatch | undefined {
    return this.feature.sagas;
  }

  /** Commands, health, dead letters, workload. Throws before the application has bootstrapped. */
  get parts(): ServiceParts {
    if (this.opened) return this.opened;
    throw new Error(
      `The service '${this.feature.service}' has not started: use it after the application has bootstrapped.`,
    );
  }

  /** Validates the configuration before any component of the application opens. */
  onModuleInit(): void {
    demandSoundTopics(this.feature.choreography);
    this.definition = this.definitionOf(this.feature);
    this.services.add(this);
  }

  async onApplicationBootstrap(): Promise<void> {
    const definition = { ...this.definition!, otherSteps: this.services.stepsBeside(this) };
    const context = openContext(definition, readEnvironmentOf(definition, this.environment));
    this.shutdown = context.shutdown;
    try {
      const parts = await openParts(context);
      this.opened = parts;
      await startParts(context, parts, (consumer) => listening(consumer));
      context.log.info('ready');
    } catch (error) {
      await this.onApplicationShutdown();
      throw error;
    }
  }

  /** After the HTTP server has answered its last request. */
  async onApplicationShutdown(): Promise<void> {
    if (this.opened) this.opened.health.serving = false;
    await this.shutdown?.end();
  }

  private definitionOf(feature: FeatureOptions): ServiceDefinition<any, any> {
    const { choreography, service, gateways, stores = [], projection, deadlineSeconds, sagas } = feature;
    return {
      system: choreography.system,
      rows: choreography.rows,
      ...(choreography.topics && { topics: choreography.topics }),
      ...(this.wire && { wire: this.wire }),
      steps: projection ? { service, steps: [] } : collectSteps(feature, this.discovery),
      stores,
      migrations: [],
      migrationsTable: MIGRATIONS_TABLE,
      defaultPort: 0,
      controllers: [],
      ...(projection && { projection }),
      ...(sagas && { sagas }),
      ...(gateways !== undefined && { gateways: () => this.moduleRef.get(gateways, { strict: false }) }),
      ...(deadlineSeconds !== undefined && { deadlineSeconds: () => deadlineSeconds }),
    };
  }
}

const listening = (consumer: NonNullable<ServiceParts['consumer']>): Promise<void> =>
  new Promise((resolve, reject) => {
    consumer.listen((error?: unknown) => (error ? reject(error) : resolve()));
  });
