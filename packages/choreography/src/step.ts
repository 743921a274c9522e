import { type Aggregate, aggregate, type Ref, type Tx } from './aggregate.js';
import { compiled, type DomainEvent, type DomainEventOf, type EventType } from './event.js';
import type { Command, EmittedBy, HandledBy, Row, Rows } from './row.js';

/**
 * Returned by `decide` when the step emits nothing: the input was late, a duplicate or irrelevant. All copies of this package
 * share one symbol: the command line may load another copy than the steps that it runs.
 */
export const ignore: unique symbol = Symbol.for('quadrille:nothing');
/** The result of a step that emits no event. */
export type Ignored = typeof ignore;

/** A rejected command of a caller: a value, not an exception. It emits nothing and changes nothing. */
export interface Rejection {
  readonly refused: string;
  readonly detail: string;
  /** The HTTP status that fits best: 404, 409 or 422. */
  readonly status: 404 | 409 | 422;
  /** JSON pointers to the fields at fault. */
  readonly pointers?: readonly string[];
}

/** A business refusal as the result of a step: an HTTP status, a stable code in kebab-case and a sentence for the caller. */
export const reject = (
  status: Rejection['status'],
  code: string,
  detail: string,
  pointers?: readonly string[],
): Rejection => ({ refused: code, detail, status, ...(pointers && { pointers }) });

/** The states a step loads, by name. */
export type Loaded = Readonly<Record<string, Ref | readonly Ref[] | undefined>>;
type StateOf<T> =
  T extends Ref<infer State> ? State : T extends readonly Ref<infer State>[] ? readonly State[] : undefined;
type States<T> = { readonly [P in keyof T]: StateOf<T[P]> };
/** A gateway's answer, or undefined without a call. */
type MayCall = Promise<unknown> | undefined;
/** Results of a step: an event of its row, `ignore`, or for a command a rejection. */
export type MayEmit<R extends Rows[string]> =
  | EmittedBy<R>
  | Ignored
  | (R['handles'] extends Command ? Rejection : never);

/** The parts of a step: the states it loads, an optional call to a gateway, and a pure decision. */
export interface StepBody<R extends Rows[string], T extends Loaded, Call extends MayCall, Gateways> {
  /** The states to load and lock, derived from the input. A reference may be absent (undefined) or a list. */
  readonly loads: (input: HandledBy<R>) => T;
  /**
   * Calls a gateway before the transaction. Must be idempotent by the fields of `input`: the call is repeated after a crash. A
   * rejected promise counts as an outage: the key is retried later, in order. Returns undefined if no call is needed; the input
   * then has no delay.
   */
  readonly call?: (input: HandledBy<R>, gateways: Gateways) => Call;
  /** Synchronous and pure: returns an event, given the locked states, the input and the answer of `call`. */
  readonly decide: (states: States<NoInfer<T>>, input: HandledBy<R>, answer: Awaited<Call>) => MayEmit<R>;
}

/** A step as a value: its row and its body. The type parameter `N` is its name in the table. */
export interface Step<N extends string = string> {
  readonly name: N;
  readonly row: Row;
  readonly loads: (input: any) => Loaded;
  readonly call?: (input: any, gateways: any) => MayCall;
  readonly decide: (states: any, input: any, answer: any) => DomainEvent | Ignored | Rejection;
  /**
   * Replaces `decide` for steps that write tables of their own. It runs inside the batch's transaction, under a savepoint, one
   * input after the other. It costs two more round trips per input. Neither `explore` nor `simulate` can run it, since it is not
   * pure.
   */
  readonly handle?: (input: any, within: InTransaction) => Promise<DomainEvent | Ignored | Rejection>;
}

/** Arguments of a step that handles its input inside the transaction. */
export interface InTransaction<Answer = any> {
  readonly tx: Tx;
  /** The result of `call`. */
  readonly answer: Answer;
}

/** All events of these rows: the input type of `evolve`. */
export type EventsOf<R extends Rows> = DomainEventOf<R[keyof R]['emits'][number]>;

/** The steps of a service: one for each of its rows, no other. */
export type StepsOf<R extends Rows, S extends string> = {
  readonly [N in keyof R & string as R[N]['service'] extends S ? N : never]: Step<N>;
};

/** The steps of one service, one for each of its rows. */
export interface ServiceSteps {
  readonly service: string;
  readonly steps: readonly Step[];
}

/** Builders of steps, typed by a table: a wrong event, a missing or a foreign step does not compile. */
export function stepBuilders<R extends Rows>(rows: R) {
  return {
    /** Makes the step of one row. */
    step<N extends keyof R & string, T extends Loaded, Call extends MayCall = undefined, Gateways = undefined>(
      name: N,
      body: StepBody<R[N], T, Call, Gateways>,
    ): Step<N> {
      if (!(name in rows)) throw new Error(`There is no row '${name}' in the table.`);
      return { name, row: rows[name], ...body } as unknown as Step<N>;
    },

    /** Collects all steps of a service. */
    serviceSteps<S extends R[keyof R]['service']>(service: S, steps: StepsOf<R, S>): ServiceSteps {
      return { service, steps: Object.values(steps) as Step[] };
    },

    /** Declares an aggregate whose `evolve` accepts every event of the table. */
    aggregate<State>(
      name: string,
      facts: Pick<Aggregate<State, EventsOf<R>>, 'initial' | 'evolve'>,
    ): Aggregate<State, EventsOf<R>> {
      return aggregate<State, EventsOf<R>>(name, facts);
    },
  };
}

/** Returns all references that a step loads. */
export function refsOf(loaded: Loaded): Ref[] {
  const all: Ref[] = [];
  for (const field in loaded) {
    const refs = loaded[field];
    if (refs === undefined) continue;
    if ('aggregate' in refs) all.push(refs as Ref);
    else all.push(...(refs as readonly Ref[]));
  }
  return all;
}

/** Returns the states in the shape of `decide`, each looked up by its reference. */
export function statesOf(loaded: Loaded, lookUp: (ref: Ref) => unknown): Record<string, unknown> {
  const states: Record<string, unknown> = {};
  for (const field in loaded) {
    const refs = loaded[field];
    if (refs === undefined) states[field] = undefined;
    else states[field] = 'aggregate' in refs ? lookUp(refs as Ref) : (refs as readonly Ref[]).map(lookUp);
  }
  return states;
}

/** The input of a step. `event`: the event with this data; undefined for a command or a deadline. */
export interface Message {
  readonly data: unknown;
  readonly event?: DomainEvent | undefined;
}

/** The result of a step: an event, a rejection, or nothing. `applied` is the event that changes the loaded states, if any. */
export type Reaction =
  | { readonly rejected: Rejection }
  | { readonly rejected?: undefined; readonly emitted?: DomainEvent; readonly applied?: DomainEvent };

const NOTHING: Reaction = {};

/**
 * Runs a step in memory; runner, explorer and specs share this function. `states` are the loaded states by name (`statesOf`),
 * `answer` is the result of the step's `call`. Throws if the step throws, or emits an event that its row does not list.
 */
export function react(step: Step, message: Message, states: object, answer?: unknown): Reaction {
  const decided = step.decide(states, message.data, answer);
  if (decided !== ignore && 'refused' in decided) return { rejected: decided };
  if (decided !== ignore) {
    const emitted = emittedBy(step, decided);
    return { emitted, applied: emitted };
  }
  // A step whose row emits nothing applies the event that it handled.
  return message.event && step.row.emits.length === 0 ? { applied: message.event } : NOTHING;
}

/** Parses the event with its schema. Throws if the row does not emit it, or its data violates the schema. */
export function emittedBy(step: Step, { type, data }: DomainEvent): DomainEvent {
  return { type, data: compiled(eventOf(step, type).schema).parse(data) };
}

/** Returns the event of this name in the row of a step. */
export function eventOf({ name, row }: Step, type: string): EventType {
  const event = row.emits.find((each) => each.name === type);
  if (!event) throw new Error(`${name} emitted ${type}, which its row does not emit.`);
  return event;
}
