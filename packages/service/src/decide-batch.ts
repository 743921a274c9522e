import {
  compiled,
  type EventType,
  nothing,
  type Rows,
  type Said,
  type Step,
  sourceOf,
  statesOf,
  wireType,
} from '@quadrille/choreography';
import type { Admission } from './admit.js';
import type { Answer } from './ask.js';
import { newId } from './ids.js';
import type { Failure, Input, Outcome } from './input.js';
import type { WorkingSet } from './working-set.js';

/** An input with what the outside world answered. */
export interface Asked {
  readonly input: Input;
  readonly answer: Answer;
}

/** An input with all that is known about it before it is decided. */
export interface Admitted extends Asked {
  readonly admission: Admission;
}

/** What a batch came to, in the order of its inputs. `behind`: it queues behind a parked message of its key. */
export type Decided = Outcome | 'behind';

const NOTHING: Outcome = { nothing: true };

/** Lets the steps decide, one input after the other, in memory. An input that fails changes nothing and holds up only its key. */
export class Decider {
  private readonly events: ReadonlyMap<string, EventType>;

  constructor(
    private readonly service: string,
    private readonly rows: Rows,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.events = new Map(Object.values(rows).flatMap((row) => row.says.map((event) => [event.name, event])));
  }

  /** What the inputs touch, whether they will be admitted or not: so it can be loaded while that is looked up. */
  touch(batch: readonly Asked[], states: WorkingSet): Touched[] {
    return batch.map((each) => this.touchOne(each, states));
  }

  /** Needs the states of all that is touched. */
  decide(batch: readonly Admitted[], touched: readonly Touched[], states: WorkingSet): Decided[] {
    const at = this.now().toISOString();
    const stopped = new Set<string>();
    return batch.map((each, index) => {
      const decided = this.decideOne(each, touched[index]!, states, stopped, at);
      if (isFailed(decided) && each.input.from === 'event') stopped.add(each.input.key);
      return decided;
    });
  }

  private touchOne({ input, answer }: Asked, states: WorkingSet): Touched {
    if ('failed' in answer) return { failed: answer.failed };
    try {
      const refs = input.step.touches(input.heard);
      states.demandKept(refs);
      return { refs };
    } catch (error) {
      return { failed: bug(error) };
    }
  }

  private decideOne(
    { input, admission, answer }: Admitted,
    touched: Touched,
    states: WorkingSet,
    stopped: ReadonlySet<string>,
    at: string,
  ): Decided {
    if (admission !== 'run') return admission;
    if (input.from === 'event' && stopped.has(input.key)) return 'behind';
    if ('failed' in touched) return touched;
    try {
      return this.run(input, touched.refs, states, 'answer' in answer ? answer.answer : undefined, at);
    } catch (error) {
      return { failed: bug(error) };
    }
  }

  private run(
    input: Input,
    refs: ReturnType<Step['touches']>,
    states: WorkingSet,
    answer: unknown,
    at: string,
  ): Outcome {
    const decided = input.step.decide(statesOf(refs, states.state), input.heard, answer);
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

  private envelop(input: Input, said: Said, at: string) {
    const event = this.events.get(said.type);
    if (!event || event.by !== this.service)
      throw new Error(`${input.step.name} said ${said.type}, which is not its to say.`);
    const data = compiled(event.schema).parse(said.data) as Record<string, unknown>;
    const subject = String(data[event.key]);
    return {
      id: newId(),
      type: wireType(event),
      source: sourceOf(this.service, input.step.name),
      subject,
      time: at,
      correlationid: input.correlationId ?? subject,
      ...(input.from === 'event' && { causationid: input.messageId }),
      ...(input.traceparent !== undefined && { traceparent: input.traceparent }),
      data,
    };
  }
}

/** What an input touches, or why that cannot be said. */
export type Touched = { readonly refs: ReturnType<Step['touches']> } | { readonly failed: Failure };

const isFailed = (decided: Decided): decided is { failed: Failure } => decided !== 'behind' && 'failed' in decided;

const bug = (error: unknown): Failure => ({
  code: 'step-failed',
  cause: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
});
