import type { DomainEvent, Ref, Rows, ServiceSteps, TopicNaming } from '@quadrille/choreography';

/** The explored system: the services with their steps, their gateways, and all external input. */
export interface System {
  /** A key has an order per topic, so that names of topics matter. */
  readonly naming: TopicNaming;
  readonly rows: Rows;
  readonly parts: readonly ServiceSteps[];
  /** The keys of the sagas: the order of events is guaranteed per topic and key. */
  readonly keys: readonly string[];
  /** Commands that a caller may send at any time, any number of times. */
  readonly calls: readonly Call[];
  /** Earlier events about single states. */
  readonly past: readonly Past[];
  /** Earlier events, for every state that they concern. */
  readonly given?: readonly DomainEvent[];
  readonly gateways: readonly GatewayParty[];
  readonly assumptions: Assumptions;
}

/** The assumptions of an exploration. */
export interface Assumptions {
  /** How many events or stopped deadlines may take effect once more in a run, as if the inbox did not exist. */
  readonly unknownToInbox: number;
  /** Whether events are delivered again: then the gateway is called again, and the inbox drops duplicates. */
  readonly repeatedCalls: boolean;
}

/** A command of a caller. */
export interface Call {
  readonly step: string;
  readonly key: string;
  readonly input: object;
}

/** An earlier event about a state. */
export interface Past {
  readonly ref: Ref;
  readonly event: DomainEvent;
}

/** The gateways of a service, on an explicit state: without processes or hidden memory. */
export interface GatewayParty<State = any> {
  readonly service: string;
  readonly name: string;
  /** Whether answers can depend on earlier calls. Otherwise the time of a call makes no difference. */
  readonly remembers: boolean;
  readonly initial: (key: string) => State;
  /** Opens the gateways in a state; each call is answered at once. */
  readonly open: (state: State) => OpenParty<State>;
}

/** Opened gateways. */
interface OpenParty<State> {
  /** The ports that the step's `call` receives. */
  readonly ports: unknown;
  readonly state: () => State;
  /** Whether any port was called. */
  readonly wasCalled: () => boolean;
}
