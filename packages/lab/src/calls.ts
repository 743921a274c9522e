import { type DomainEvent, eventsOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import type { ServiceName, StepName } from './protocol.js';
import {
  type Coordinator,
  type InDoubt,
  NoAnswer,
  type ParticipantContext,
  type Participants,
  type ParticipantTransaction,
  type PlaceOrder,
  Refusal,
} from './protocol.js';

export const SERVICES: readonly ServiceName[] = ['order', 'payment', 'inventory', 'shipping'];

const FAILURES = new Set(eventsOf(checkout.rows).flatMap(({ name, failure }) => (failure ? [name] : [])));
/** Whether an event reports that a step could not do its work. */
export const isFailure = ({ type }: DomainEvent): boolean => FAILURES.has(type);

/** Runs steps in one transaction, each on the data of the previous one; returns the last data. A failure throws {@link Refusal}. */
export async function runSteps(
  local: ParticipantTransaction,
  steps: readonly StepName[],
  payload: object,
): Promise<object> {
  let data = payload;
  for (const name of steps) {
    const event = await local.step(name, data);
    if (!event) throw new Refusal(`${name}-out-of-turn`);
    if (isFailure(event)) throw new Refusal(event.data.reason);
    data = event.data;
  }
  return data;
}

/** Records a refused order: places and cancels it in one transaction, with the reason. */
export async function placeAndCancel(
  local: ParticipantTransaction,
  request: PlaceOrder,
  reason: string,
): Promise<void> {
  const placed = await local.step('place-order', request);
  if (placed) await local.step('cancel-order', { ...placed.data, reason });
}

/** Waits for all calls, even if one rejects; then throws the first rejection. */
export async function settleAll<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** `in order`: every transaction locks shared rows in the same order, so no two orders wait for each other. */
export type Voting = 'in order' | 'parallel';

/** Collects votes, round after round, or all rounds at once; throws the first refusal. */
export async function collectVotes(
  voting: Voting,
  rounds: readonly (readonly (() => Promise<unknown>)[])[],
): Promise<void> {
  for (const round of voting === 'parallel' ? [rounds.flat()] : rounds) await settleAll(round.map((call) => call()));
}

/** Calls all participants concurrently and returns the answers received. Recovery handles missing answers. */
export async function callAll<V, T>(at: Participants<V>, call: (each: V) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(SERVICES.map((service) => call(at[service])));
  return settled.flatMap((each) => {
    if (each.status === 'fulfilled') return [each.value];
    if (each.reason instanceof NoAnswer) return [];
    throw each.reason;
  });
}

/** Prepared transactions that have been in doubt for more than `ms` milliseconds. */
export async function inDoubtFor(
  context: Pick<ParticipantContext, 'clock' | 'inDoubt'>,
  ms: number,
): Promise<readonly InDoubt[]> {
  return (await context.inDoubt()).filter(({ since }) => context.clock.now() - since > ms);
}

/** The reason of a vote no: a business reason, or a missing answer. */
export const reasonOf = (error: unknown): string =>
  error instanceof Refusal ? error.reason : error instanceof NoAnswer ? 'no-answer' : 'participant-failed';

/** The reason of the first refusal or missing answer; undefined if all went well. */
export const refusal = (work: () => Promise<unknown>): Promise<string | undefined> =>
  work().then(() => undefined, reasonOf);

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

/** Repeats a call that got no answer, five times with growing pauses; then throws {@link NoAnswer}. */
export async function retrying<T>(my: Pick<Coordinator, 'clock'>, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof NoAnswer) || attempt === ATTEMPTS) throw error;
      await my.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
