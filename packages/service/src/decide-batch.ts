import {
  compiled,
  type Envelope,
  type EventType,
  nothing,
  type Ref,
  type Rows,
  refsOf,
  type Said,
  type Step,
  sourceOf,
  statesOf,
  wireType,
} from '@quadrille/choreography';
import type { Admission } from './admit.js';
import type { Answers } from './ask.js';
import { newId } from './ids.js';
import type { Failure, Input, Outcome, Unreadable } from './input.js';
import type { WorkingSet } from './working-set.js';

/** What a batch came to, in the order of its inputs. `behind`: it queues behind a parked message of its key. */
export type Decided = Outcome | 'behind';

const NOTHING: Outcome = { nothing: true };

/** Lets the steps decide, one input after the other, in memory. An input that fails changes nothing and holds up only its key. */
export class Decider {
  /** What this service may say, by name, with its type on the wire. */
  private readonly sayable: ReadonlyMap<string, { readonly event: EventType; readonly type: string }>;

  constructor(
    private readonly service: string,
    private readonly rows: Rows,
    private readonly now: () => Date = () => new Date(),
  ) {
    const said = Object.values(rows).flatMap((row) => row.says);
    const own = said.filter((event) => event.by === service);
    this.sayable = new Map(own.map((event) => [event.name, { event, type: wireType(event) }]));
  }

  /**
   * What the inputs touch, whether they will be admitted or not: so it can be loaded while that is looked up. With what the outside
   * world answered.
   */
  touch(batch: readonly (Input | Unreadable)[], answers: Answers, states: WorkingSet): Touched[] {
    return batch.map((input) => (input.from === 'unreadable' ? UNTOUCHABLE : this.touchOne(input, answers, states)));
  }

  /** Needs the states of all that is touched. What cannot be read comes to nothing. */
  decide(
    batch: readonly (Input | Unreadable)[],
    admissions: readonly Admission[],
    touched: readonly Touched[],
    states: WorkingSet,
  ): Decided[] {
    const at = this.now().toISOString();
    const stopped = new Set<string>();
    return batch.map((input, index) => {
      if (input.from === 'unreadable') return NOTHING;
      const decided = this.decideOne(input, admissions[index]!, touched[index]!, states, stopped, at);
      if (isFailed(decided) && input.from === 'event') stopped.add(input.key);
      return decided;
    });
  }

  private touchOne(input: Input, answers: Answers, states: WorkingSet): Touched {
    const answer = answers.get(input);
    if (answer && 'failed' in answer) return answer;
    try {
      const byName = input.step.touches(input.heard);
      const refs = refsOf(byName);
      states.demandKept(refs);
      return { byName, refs, answer: answer?.answer };
    } catch (error) {
      return { failed: bug(error) };
    }
  }

  private decideOne(
    input: Input,
    admission: Admission,
    touched: Touched,
    states: WorkingSet,
    stopped: ReadonlySet<string>,
    at: string,
  ): Decided {
    if (admission !== 'run') return admission;
    if (input.from === 'event' && stopped.has(input.key)) return 'behind';
    if ('failed' in touched) return touched;
    try {
      return this.run(input, touched, states, at);
    } catch (error) {
      return { failed: bug(error) };
    }
  }

  private run(input: Input, { byName, refs, answer }: Reached, states: WorkingSet, at: string): Outcome {
    const decided = input.step.decide(statesOf(byName, states.state), input.heard, answer);
    if (decided !== nothing && 'refused' in decided) return { refused: decided };
    if (decided !== nothing) {
      const said = this.envelop(input, decided, at);
      states.evolve(refs, { type: decided.type, data: said.data }, said.id, at);
      return { said };
    }
    // A row that says nothing keeps what it heard.
    if (input.from === 'event' && this.rows[input.step.name]!.says.length === 0) {
      states.evolve(refs, { type: input.type, data: input.heard }, input.messageId, input.at);
    }
    return NOTHING;
  }

  private envelop(input: Input, said: Said, at: string): Envelope {
    const sayable = this.sayable.get(said.type);
    if (!sayable) throw new Error(`${input.step.name} said ${said.type}, which is not its to say.`);
    const { event, type } = sayable;
    const data = compiled(event.schema).parse(said.data) as Record<string, unknown>;
    const subject = String(data[event.key]);
    return {
      id: newId(),
      type,
      source: sourceOf(this.service, input.step.name),
      subject,
      time: at,
      correlationid: input.correlationId ?? subject,
      // Always all fields, so that every envelope has one shape.
      causationid: input.from === 'event' ? input.messageId : undefined,
      traceparent: input.traceparent,
      data,
    };
  }
}

/** The states an input touches, as its step names them and one by one, and what was answered if it asked. */
interface Reached {
  readonly byName: ReturnType<Step['touches']>;
  readonly refs: readonly Ref[];
  readonly answer: unknown;
}

/** What an input touches, or why that cannot be said. */
export type Touched = Reached | { readonly failed: Failure };

const UNTOUCHABLE: Touched = { byName: {}, refs: [], answer: undefined };

const isFailed = (decided: Decided): decided is { failed: Failure } => decided !== 'behind' && 'failed' in decided;

const bug = (error: unknown): Failure => ({
  code: 'step-failed',
  cause: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
});
