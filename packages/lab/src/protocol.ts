import type { DomainEvent } from '@quadrille/choreography';
import type { checkout, PlaceOrder as PlaceOrderSchema } from '@quadrille/contracts';
import type { z } from 'zod';

/** The request that a protocol carries out, with the id of the order. */
export type PlaceOrder = z.infer<typeof PlaceOrderSchema>;
/** A row of the checkout: the step that a participant runs. */
export type StepName = keyof (typeof checkout)['rows'];
export type ServiceName = 'order' | 'payment' | 'inventory' | 'shipping';
export type Decision = 'commit' | 'abort';
export type Verbs = Readonly<Record<string, (...json: any[]) => Promise<any>>>;

/** A way to carry an order through four services. All awaits go through the interfaces below, so that they can be explored. */
export interface Protocol<V extends Verbs = any> {
  readonly name: string;
  /** One sentence for lists. */
  readonly summary: string;
  readonly claims: Claims;
  /** The verbs of a participant, in its process, on its database alone. */
  participant(here: Here): V;
  /** Carries one order, in the process of a coordinator. */
  carry(order: PlaceOrder, at: Participants<V>, my: Coordinator): Promise<Ended>;
  /** Runs when a coordinator starts and every second: completes interrupted transactions. */
  resume?(at: Participants<V>, my: Coordinator): Promise<void>;
  /** Runs every second at each participant: expiries, and timeouts that ask peers. */
  sweep?(here: Here, peers: Participants<V>): Promise<void>;
}

export interface Ended {
  readonly orderId: string;
  readonly status: 'COMPLETED' | 'CANCELLED' | 'IN_DOUBT';
}

/** A call may be lost, late or repeated. Without an answer within 2 s it rejects with {@link NoAnswer}: its effect is unknown. */
export type Participants<V> = Readonly<Record<ServiceName, V>>;

export interface Here {
  readonly service: ServiceName;
  readonly clock: Clock;
  /** Runs one local transaction. It commits, or is prepared under a name and then holds its locks until {@link Here.finish}. */
  transaction<R>(work: (tx: Local) => Promise<R>, prepareAs?: string): Promise<R>;
  /** Commits or rolls back a prepared transaction. Idempotent: an unknown name has no effect. */
  finish(name: string, how: Decision): Promise<void>;
  /** The prepared transactions, `since` in milliseconds of {@link Clock.now}. */
  inDoubt(): Promise<readonly InDoubt[]>;
}

export interface InDoubt {
  readonly name: string;
  readonly since: number;
}

interface Book {
  /** Durable records of a protocol, by kind and key. */
  records<T>(kind: string): Records<T>;
}

export interface Local extends Book {
  /** Loads and locks rows, decides and evolves; saved when the transaction ends. Undefined: the step had nothing to say. */
  step(name: StepName, heard: object): Promise<DomainEvent | undefined>;
  /** Decides without saving and holds no lock afterwards. */
  draft(name: StepName, heard: object): Promise<Draft>;
  /** Writes a draft, whatever has changed since. */
  save(draft: Draft): Promise<void>;
}

/** A decision of a step and the rows as they were read; opaque to a protocol. */
export interface Draft {
  readonly said?: DomainEvent;
  readonly changes: readonly unknown[];
}

export interface Records<T> {
  get(key: string): Promise<T | undefined>;
  list(): Promise<readonly { readonly key: string; readonly value: T }[]>;
  /** False, and no effect, if the key exists. */
  insert(key: string, value: T): Promise<boolean>;
  /** Compare and set: false, and no effect, unless the value equals `expected`. */
  replace(key: string, value: T, expected: T): Promise<boolean>;
  delete(key: string): Promise<boolean>;
}

export interface Coordinator {
  readonly id: string;
  readonly clock: Clock;
  /** One transaction on the coordinators' own database. */
  transaction<R>(work: (tx: Book) => Promise<R>): Promise<R>;
  readonly decisions: DecisionLog;
  /** Marks a place at which the lab may stop or kill this process. */
  moment(name: string): Promise<void>;
}

export interface DecisionLog {
  /** Writes a decision unless the log has one for this transaction; returns the decision that the log has. */
  decide(tx: string, wish: Decision): Promise<Decision>;
  /** Whether decisions of that coordinator are in this log. */
  covers(coordinator: string): boolean;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** The guarantee vector that the literature ascribes to a protocol. */
export interface Claims {
  readonly atomicity: 'all or nothing' | 'eventual' | 'none';
  readonly isolation: 'serializable' | 'semantic locks' | 'none';
  readonly availability: 'blocks' | 'blocks until a quorum is back' | 'does not block';
}

/** A call got no answer in time. */
export class NoAnswer extends Error {
  constructor(call: string) {
    super(`No answer to ${call}.`);
    this.name = 'NoAnswer';
  }
}

/** A participant refuses on business grounds: its transaction is rolled back. */
export class Refusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'Refusal';
  }
}
