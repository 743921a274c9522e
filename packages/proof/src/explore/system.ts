import type { DomainEvent, Ref, Rows, ServiceSteps, TopicNaming } from '@quadrille/choreography';

/** What is explored: the services with their steps, their outside world, and all that comes from outside. */
export interface System {
  /** A key has an order per topic, so that names of topics matter. */
  readonly naming: TopicNaming;
  readonly rows: Rows;
  readonly parts: readonly ServiceSteps[];
  /** The keys of the sagas: each topic keeps their order for each of them apart. */
  readonly keys: readonly string[];
  /** What a caller may do at any moment and as often as they like. */
  readonly calls: readonly Call[];
  /** What had been said before it begins, about single states. */
  readonly past: readonly Past[];
  /** What had been said before it begins, for every state that it concerns. */
  readonly given?: readonly DomainEvent[];
  readonly outside: readonly OutsideWorld[];
  readonly assumptions: Assumptions;
}

/** What the exploration takes for granted and what not. */
export interface Assumptions {
  /** How many events, or clocks that stand still, may take effect once more in a run, as if it was forgotten that they did. */
  readonly unknownToInbox: number;
  /** Whether events are delivered again: then the outside world is asked again, and the inbox drops what was heard. */
  readonly repeatedAsks: boolean;
}

/** A command of a caller. */
export interface Call {
  readonly step: string;
  readonly key: string;
  readonly heard: object;
}

/** Something that was said about a state before the exploration begins. */
export interface Past {
  readonly ref: Ref;
  readonly said: DomainEvent;
}

/** What the steps of a service ask, on a state that can be explored: no process, no memory of its own. */
export interface OutsideWorld<State = any> {
  readonly service: string;
  readonly name: string;
  /** Whether its answers can depend on what it was asked before. Otherwise it makes no difference when it is asked. */
  readonly remembers: boolean;
  readonly initial: (key: string) => State;
  /** Opens it in a state; the answer to each request is given at once. */
  readonly open: (state: State) => OpenOutside<State>;
}

/** An outside world that is being asked. */
interface OpenOutside<State> {
  /** The ports, as the step's `call` takes them. */
  readonly ports: unknown;
  readonly state: () => State;
  /** Whether any port was used. */
  readonly wasAsked: () => boolean;
}
