import type { Ref } from './aggregate.js';
import type { Choreography } from './choreography.js';
import type { DomainEvent } from './event.js';
import type { ServiceSteps } from './step.js';

/** What `quadrille.config.ts` exports: the choreography that the commands of `npx quadrille` are about. */
export interface QuadrilleConfig {
  readonly choreography: Choreography<any>;
  /** For `explore`, the steps of each service: what `serviceSteps` gives, or a definition of `defineService`. */
  readonly services?: readonly (ServiceSteps | { readonly steps: ServiceSteps })[];
  /** For `explore`: each is explored by itself, in every order in which its messages can arrive. */
  readonly scenarios?: readonly ExploreScenario[];
  /** For `explore`: what must hold in every scenario beside what follows from the table. */
  readonly promises?: readonly ExplorePromise[];
}

/** Something that a table cannot know: no loaf without flour, no money lost. */
export interface ExplorePromise {
  /** For people: `no loaf without flour`. */
  readonly name: string;
  /** At every moment, or only where no message is on its way. */
  readonly when: 'always' | 'quiet';
  /** What is wrong, as a sentence; undefined when it holds. */
  readonly wrong: (look: ExploreLook) => string | undefined;
}

/** One moment of an exploration. */
export interface ExploreLook {
  /** What a service stores under a key: `look.state(flour.of('rye'))`. */
  state<State>(ref: Ref<State>): State;
}

/** What callers may do, and what they meet. */
export interface ExploreScenario {
  /** For people: `flour for one of two orders`. */
  readonly name: string;
  /** What had been said before, as in `given(…)` of a step's spec. */
  readonly given?: readonly DomainEvent[];
  /** What callers may send at any moment and as often as they like. */
  readonly commands: readonly ExploreCommand[];
  /** By service, the gateways that `call` is given: they must answer the same whenever they are called. */
  readonly outside?: Readonly<Record<string, unknown>>;
}

/** A command row of the table, with the data of one request. */
export interface ExploreCommand {
  readonly step: string;
  readonly data: object;
}

/** Keeps the types of a `quadrille.config.ts`. */
export const defineConfig = (config: QuadrilleConfig): QuadrilleConfig => config;
