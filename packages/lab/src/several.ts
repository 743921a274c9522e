import { type DomainEvent, eventsOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import type { ServiceName, StepName } from './protocol.js';
import {
  type Here,
  type InDoubt,
  type Local,
  NoAnswer,
  type Participants,
  type PlaceOrder,
  Refusal,
} from './protocol.js';

export const SERVICES: readonly ServiceName[] = ['order', 'payment', 'inventory', 'shipping'];

const FAILURES = new Set(eventsOf(checkout.rows).flatMap(({ name, failure }) => (failure ? [name] : [])));
/** An event that says that a step could not do its work. */
export const isFailure = ({ type }: DomainEvent): boolean => FAILURES.has(type);

/** Runs steps in one transaction, each on the data of the one before; returns the data of the last. A failure is a {@link Refusal}. */
export async function forward(local: Local, steps: readonly StepName[], heard: object): Promise<object> {
  let data = heard;
  for (const name of steps) {
    const said = await local.step(name, data);
    if (!said) throw new Refusal(`${name}-out-of-turn`);
    if (isFailure(said)) throw new Refusal(said.data.reason);
    data = said.data;
  }
  return data;
}

/** The order of a customer who was refused: placed and cancelled in one transaction, for a reason. */
export async function placeAndCancel(local: Local, request: PlaceOrder, reason: string): Promise<void> {
  const placed = await local.step('place-order', request);
  if (placed) await local.step('cancel-order', { ...placed.data, reason });
}

/** Waits for all calls, also when one rejects; then throws the first rejection. */
export async function all<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** Calls all participants at once and returns the answers of those that answered. A missing answer is left to recovery. */
export async function everywhere<V, T>(at: Participants<V>, call: (each: V) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(SERVICES.map((service) => call(at[service])));
  return settled.flatMap((each) => {
    if (each.status === 'fulfilled') return [each.value];
    if (each.reason instanceof NoAnswer) return [];
    throw each.reason;
  });
}

/** Prepared transactions that have been in doubt for longer than that. */
export async function inDoubtFor(here: Pick<Here, 'clock' | 'inDoubt'>, ms: number): Promise<readonly InDoubt[]> {
  return (await here.inDoubt()).filter(({ since }) => here.clock.now() - since > ms);
}

/** The reason of a vote no: of the business, or that there was no answer. */
export const reasonOf = (error: unknown): string =>
  error instanceof Refusal ? error.reason : error instanceof NoAnswer ? 'no-answer' : 'participant-failed';
