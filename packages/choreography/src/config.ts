import type { Aggregate, Ref } from './aggregate.js';
import type { Choreography } from './choreography.js';
import type { DomainEvent } from './event.js';
import type { ServiceSteps } from './step.js';
import type { Wire } from './wire.js';

/** The export of `quadrille.config.ts`: the choreography for the commands of `npx quadrille`. */
export interface QuadrilleConfig {
  readonly choreography: Choreography<any>;
  /** For `explore` and `simulate`: the steps of each service, as `serviceSteps` with their stores or as a definition of `defineService`. */
  readonly services?: readonly ConfiguredService[];
  /** For `asyncapi`, `doctor`, `timeline`, `live` and `audit`: the form of the records, as the services have it. */
  readonly wire?: Wire;
  /** For `explore` and `simulate`: scenarios. `explore` runs each on its own in every possible order of its messages. */
  readonly scenarios?: readonly ExploreScenario[];
  /** For `explore` and `simulate`: invariants of every scenario beyond those derived from the table. */
  readonly promises?: readonly ExplorePromise[];
  /** For `doctor`, `timeline`, `live` and `audit`: the addresses of the running system. Called when one of these commands runs. */
  readonly running?: () => RunningEndpoints;
  /**
   * Additional commands for `npx quadrille`, made with commander; each replaces the standard command of its name. `name`: the called command,
   * undefined for help and completion; other commands may be left out.
   */
  readonly commands?: (name: string | undefined) => Promise<readonly { name(): string }[]>;
}

/** The addresses of a running system. TLS and logins of Kafka come from the `KAFKA_…` variables of the environment. */
export interface RunningEndpoints {
  /** Some brokers, `host:port`. `KAFKA_BROKERS` of the environment takes precedence. */
  readonly brokers: readonly string[];
  /** By service, the connection URL of its database, of a user that may read its tables. */
  readonly databases: Readonly<Record<string, string>>;
}

/** The steps of one service. `simulate` needs its stores too, in the order in which their rows are locked. */
export type ConfiguredService = (ServiceSteps | { readonly steps: ServiceSteps }) & {
  readonly stores?:
    | readonly { readonly aggregate: Aggregate }[]
    | ((environment: any) => readonly { readonly aggregate: Aggregate }[]);
};

/** An invariant that a table cannot express: no loaf without flour, no money lost. */
export interface ExplorePromise {
  /** Shown in reports: `no loaf without flour`. */
  readonly name: string;
  /** Checked at every moment, or only when no message is in transit. */
  readonly when: 'always' | 'quiet';
  /** Describes the violation in a sentence; undefined when the invariant holds. */
  readonly wrong: (look: ExploreLook) => string | undefined;
}

/** One moment of an exploration. */
export interface ExploreLook {
  /** The stored state of a key: `look.state(flour.of('rye'))`. */
  state<State>(ref: Ref<State>): State;
}

/** A starting state and the commands that callers may send. */
export interface ExploreScenario {
  /** Shown in reports: `flour for one of two orders`. */
  readonly name: string;
  /** Past events, as in `given(…)` of a step's spec. */
  readonly given?: readonly DomainEvent[];
  /** Commands that callers may send at any moment, any number of times. */
  readonly commands: readonly ExploreCommand[];
  /** The gateways for `call`, by service. They must always return the same answer to the same request. */
  readonly gateways?: Readonly<Record<string, unknown>>;
}

/** A command row of the table, with the data of one request. */
export interface ExploreCommand {
  readonly step: string;
  readonly data: object;
}

/** Checks the type of a `quadrille.config.ts`. */
export const defineConfig = (config: QuadrilleConfig): QuadrilleConfig => config;
