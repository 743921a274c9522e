import {
  cloudEventType,
  type DomainEvent,
  type Envelope,
  emittedBy,
  eventOf,
  ignore,
  type Ref,
  type Rejection,
  react,
  refsOf,
  type Step,
  sourceOf,
  statesOf,
  type Tx,
} from '@quadrille/choreography';
import { savepoint, scopeOf } from '@quadrille/postgres';
import { newId } from '../ids.js';
import type { Answers, Failure, Input, Outcome, Unreadable } from '../input.js';
import type { DedupeResult } from './deduplicate.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Result of an input, in the order of inputs. `blocked`: the input queues behind a parked message of its key. */
export type Decided = Outcome | 'blocked';

const NOTHING: Outcome = { nothing: true };

/** Runs the steps, one input after the other, in memory. A failed input changes nothing and blocks only its key. */
export class StepExecutor {
  constructor(
    private readonly service: string,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /**
   * Returns the references of all inputs, also of duplicates, so that states load while duplicates are detected, together with
   * the gateways' answers.
   */
  resolveRefs(batch: readonly (Input | Unreadable)[], answers: Answers, states: UnitOfWork): ResolvedRefs[] {
    return batch.map((input) =>
      input.from === 'unreadable' ? UNRESOLVED : this.resolveRefsOf(input, answers, states),
    );
  }

  /** Requires all referenced states. Unreadable messages emit nothing. Awaits only steps that handle their input in `tx`. */
  async decide(
    tx: Tx,
    batch: readonly (Input | Unreadable)[],
    dedupeResults: readonly DedupeResult[],
    resolved: readonly ResolvedRefs[],
    states: UnitOfWork,
  ): Promise<Decided[]> {
    const at = this.now().toISOString();
    const stopped = new Set<string>();
    const all: Decided[] = [];
    for (const [index, input] of batch.entries()) {
      if (input.from === 'unreadable') {
        all.push(NOTHING);
        continue;
      }
      const deciding = this.decideOne(tx, input, dedupeResults[index]!, resolved[index]!, states, stopped, at);
      const decided = deciding instanceof Promise ? await deciding : deciding;
      if (isFailed(decided) && input.from === 'event') stopped.add(input.key);
      all.push(decided);
    }
    return all;
  }

  private resolveRefsOf(input: Input, answers: Answers, states: UnitOfWork): ResolvedRefs {
    const answer = answers.get(input);
    if (answer && 'failed' in answer) return answer;
    try {
      const byName = input.step.loads(input.payload);
      const refs = refsOf(byName);
      states.assertRegistered(refs);
      return { byName, refs, answer: answer?.answer };
    } catch (error) {
      return { failed: bug(error) };
    }
  }

  private decideOne(
    tx: Tx,
    input: Input,
    dedupeResult: DedupeResult,
    resolved: ResolvedRefs,
    states: UnitOfWork,
    stopped: ReadonlySet<string>,
    at: string,
  ): Decided | Promise<Decided> {
    if (dedupeResult !== 'run') return dedupeResult;
    if (input.from === 'event' && stopped.has(input.key)) return 'blocked';
    if ('failed' in resolved) return resolved;
    if (input.step.handle) return this.handle(tx, input, resolved, at);
    try {
      return this.run(input, resolved, states, at);
    } catch (error) {
      return { failed: bug(error) };
    }
  }

  private run(input: Input, { byName, refs, answer }: Reached, states: UnitOfWork, at: string): Outcome {
    const event = input.from === 'event' ? { type: input.type, data: input.payload } : undefined;
    const message = { data: input.payload, event };
    const reaction = react(input.step, message, statesOf(byName, states.state), answer);
    if (reaction.rejected) return { refused: reaction.rejected };
    const { emitted, applied } = reaction;
    const envelope = emitted && this.envelop(input, emitted, at);
    if (envelope) states.evolve(refs, applied!, envelope.id, at);
    else if (applied && input.from === 'event') states.evolve(refs, applied, input.messageId, input.at);
    return envelope ? { event: envelope } : NOTHING;
  }

  /** A rejection or a failure rolls back the writes of the step; the other inputs continue. */
  private async handle(tx: Tx, input: Input, { answer }: Reached, at: string): Promise<Outcome> {
    const handling = savepoint(tx, async (inner) => {
      const decided = await input.step.handle!(input.payload, { tx: inner, answer });
      if (decided !== ignore && 'refused' in decided) throw new Refused(decided);
      return decided === ignore ? NOTHING : { event: this.envelop(input, emittedBy(input.step, decided), at) };
    });
    return handling.catch((error: unknown) => {
      if (error instanceof Refused) return { refused: error.rejection };
      const scope = scopeOf(error);
      if (scope !== undefined && scope !== 'input') throw error;
      return { failed: bug(error) };
    });
  }

  private envelop(input: Input, { type, data }: DomainEvent, at: string): Envelope {
    const { step } = input;
    const event = eventOf(step, type);
    const subject = String(data[event.key]);
    return {
      id: newId(),
      type: cloudEventType(event),
      source: sourceOf(this.service, step.name),
      subject,
      time: at,
      correlationid: input.correlationId ?? subject,
      // Always all fields, so that all envelopes share one hidden class.
      causationid: input.from === 'event' ? input.messageId : undefined,
      traceparent: input.traceparent,
      data,
    };
  }
}

/** References of an input, by name and as a list, and the gateway's answer if the step made a call. */
interface Reached {
  readonly byName: ReturnType<Step['loads']>;
  readonly refs: readonly Ref[];
  readonly answer: unknown;
}

/** References of an input, or the failure of its `loads`. */
export type ResolvedRefs = Reached | { readonly failed: Failure };

const UNRESOLVED: ResolvedRefs = { byName: {}, refs: [], answer: undefined };

/** Rolls back the savepoint of a step that rejected its command. */
class Refused extends Error {
  constructor(readonly rejection: Rejection) {
    super(rejection.detail);
  }
}

const isFailed = (decided: Decided): decided is { failed: Failure } => decided !== 'blocked' && 'failed' in decided;

const bug = (error: unknown): Failure => ({
  code: 'step-failed',
  cause: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
});
