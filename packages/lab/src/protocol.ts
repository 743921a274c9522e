import type { DomainEvent } from '@quadrille/choreography';
import type { checkout, PlaceOrder as PlaceOrderSchema } from '@quadrille/contracts';
import type { z } from 'zod';

/** The request that a protocol executes, with the id of the order. */
export type PlaceOrder = z.infer<typeof PlaceOrderSchema>;
/** A row of the checkout: a step that a participant runs. */
export type StepName = keyof (typeof checkout)['rows'];
export type ServiceName = 'order' | 'payment' | 'inventory' | 'shipping';
export type Decision = 'commit' | 'abort';
export type Verbs = Readonly<Record<string, (...json: any[]) => Promise<any>>>;

/** A protocol that processes an order in four services. It awaits only the interfaces below, so that the lab can explore all interleavings. */
export interface Protocol<V extends Verbs = any> {
  readonly name: string;
  /** One sentence, printed in lists. */
  readonly summary: string;
  readonly guarantees: Guarantees;
  /** The verbs of a participant, run in its process on its own database. */
  participant(context: ParticipantContext): V;
  /** Processes one order in a coordinator process. */
  execute(order: PlaceOrder, at: Participants<V>, my: Coordinator): Promise<OrderResult>;
  /** Runs when a coordinator starts and every second: completes interrupted transactions. */
  resume?(at: Participants<V>, my: Coordinator): Promise<void>;
  /** Runs every second at each participant: expiries, and timeouts that query peers. */
  sweep?(context: ParticipantContext, peers: Participants<V>): Promise<void>;
}

export interface OrderResult {
  readonly orderId: string;
  readonly status: 'COMPLETED' | 'CANCELLED' | 'IN_DOUBT';
  /** The reason of a cancellation. */
  readonly reason?: string;
  /** The protocol that carried the order, if the coordinator chooses one per order. */
  readonly by?: string;
}

/** A call may be lost, late or repeated. After 3 s without an answer it rejects with {@link NoAnswer}: its effect is unknown. */
export type Participants<V> = Readonly<Record<ServiceName, V>>;

export interface ParticipantContext {
  readonly service: ServiceName;
  readonly clock: Clock;
  /** Runs one local transaction. It commits, or it is prepared under a name and holds its locks until {@link ParticipantContext.finish}. */
  transaction<R>(work: (tx: ParticipantTransaction) => Promise<R>, prepareAs?: string): Promise<R>;
  /** Commits or rolls back a prepared transaction. Idempotent: an unknown name has no effect. */
  finish(name: string, how: Decision): Promise<void>;
  /** The prepared transactions; `since` in milliseconds of {@link Clock.now}. */
  inDoubt(): Promise<readonly InDoubt[]>;
}

export interface InDoubt {
  readonly name: string;
  readonly since: number;
}

interface ProtocolTransaction {
  /** Durable records of a protocol, by kind and key. */
  records<T>(kind: string): Records<T>;
}

export interface ParticipantTransaction extends ProtocolTransaction {
  /** Loads and locks rows, decides and evolves; the result is saved when the transaction ends. Undefined: the step ignored its input. */
  step(name: StepName, payload: object): Promise<DomainEvent | undefined>;
  /** Runs a step without saving; no locks remain afterwards. */
  draft(name: StepName, payload: object): Promise<Draft>;
  /** Writes a draft without checking whether its rows have changed. */
  save(draft: Draft): Promise<void>;
}

/** The result of a step and the rows as read; opaque to a protocol. */
export interface Draft {
  readonly event?: DomainEvent;
  readonly changes: readonly unknown[];
}

export interface Records<T> {
  get(key: string): Promise<T | undefined>;
  list(): Promise<readonly { readonly key: string; readonly value: T }[]>;
  /** Returns false, without effect, if the key exists. */
  insert(key: string, value: T): Promise<boolean>;
  /** Compare and set: returns false, without effect, unless the value equals `expected`. */
  replace(key: string, value: T, expected: T): Promise<boolean>;
  delete(key: string): Promise<boolean>;
}

export interface Coordinator {
  readonly id: string;
  readonly clock: Clock;
  /** One transaction on the coordinators' own database. */
  transaction<R>(work: (tx: ProtocolTransaction) => Promise<R>): Promise<R>;
  readonly decisions: DecisionLog;
  /** Marks a point at which the lab may stop or kill this process. */
  atCrashPoint(name: string): Promise<void>;
}

export interface DecisionLog {
  /** Writes a decision unless the log has one for this transaction; returns the decision in the log. */
  decide(tx: string, proposed: Decision): Promise<Decision>;
  /** Whether this log contains the decisions of that coordinator. */
  covers(coordinator: string): boolean;
  /** Closes connections. */
  close?(): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** A guarantee vector: the one that the literature ascribes to a protocol, or the one that a run measured. */
export interface Guarantees {
  readonly atomicity: 'all or nothing' | 'eventual' | 'none';
  readonly consistency: 'kept' | 'broken';
  readonly isolation: 'serializable' | 'semantic locks' | 'none';
  readonly durability: 'durable' | 'lost';
  /** The reach of the guarantee: the databases of the participants, or cards and carriers as well. */
  readonly scope: 'databases' | 'outside world' | 'not measured';
  readonly coordination: 'synchronous' | 'asynchronous';
  readonly availability: 'blocks' | 'does not block';
}

/** The claims of a commit protocol. */
export const COMMITS: Guarantees = {
  atomicity: 'all or nothing',
  consistency: 'kept',
  isolation: 'serializable',
  durability: 'durable',
  scope: 'databases',
  coordination: 'synchronous',
  availability: 'blocks',
};

/** The claims of a saga and of reservations: effects are visible before the end, and compensated. */
export const COMPENSATES: Guarantees = {
  ...COMMITS,
  atomicity: 'eventual',
  isolation: 'semantic locks',
  scope: 'outside world',
  availability: 'does not block',
};

/** Thrown if a call was not answered in time. */
export class NoAnswer extends Error {
  constructor(call: string) {
    super(`No answer to ${call}.`);
    this.name = 'NoAnswer';
  }
}

/** A participant refused on business grounds, so its transaction is rolled back. */
export class Refusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'Refusal';
  }
}
