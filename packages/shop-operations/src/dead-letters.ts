import { SAGA_SERVICES, type ServiceName } from '@quadrille/contracts';
import { Refusal } from '@quadrille/operate/terminal/acting';
import { type Endpoints } from './endpoints/endpoints.js';
import { type Answer, demand, request, Unanswered } from './endpoints/requests.js';

/** A message that a service could not process, in the response for operators. */
interface DeadLetter {
  readonly id: string;
  readonly step: string;
  readonly messageId: string;
  readonly key: string;
  /** `retrying`: automatically; `dead`: until an operator decides; `queued`: behind an earlier one of its key; `unsendable`: see {@link Unsendable}. */
  readonly state: 'retrying' | 'dead' | 'queued' | 'unsendable';
  readonly code: string;
  readonly cause: string;
  readonly attempts: number;
  /** ISO 8601: the next retry; null for other states. */
  readonly dueAt: string | null;
  readonly parkedAt: string;
}

/** A record that a service can never send. It is listed as a dead letter, is not retried, and waits for a decision. */
interface Unsendable {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly cause: string;
  readonly attempts: number;
  readonly diedAt: string;
}

/** The prefix distinguishes ids of unsendable records from those of dead letters: `outbox-7`. */
const UNSENDABLE = /^outbox-(\d+)$/;
const ID = /^(?:outbox-)?(\d{1,19})$/;
const LARGEST_ID = 9_223_372_036_854_775_807n;

/** A dead letter with its service. */
export type DeadLetterOf = DeadLetter & { readonly service: ServiceName };

/** A filter of dead letters. */
export interface Wanted {
  readonly state?: string;
  readonly key?: string;
}

const PAGE = 200;

/** Returns all dead letters of a service, oldest first. Throws a refusal if it does not answer. */
export async function deadLettersOf(
  place: Endpoints,
  service: ServiceName,
  wanted: Wanted = {},
): Promise<DeadLetterOf[]> {
  const found: DeadLetterOf[] = await unsendableOf(place, service, wanted);
  if (wanted.state === 'unsendable') return found;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { body } = await demand(place, service, pathOf(wanted, cursor));
    const page = body as { deadLetters: DeadLetter[]; next: string | null };
    found.push(...page.deadLetters.map((letter) => ({ service, ...letter })));
    cursor = page.next;
  }
  return found;
}

/** Returns the dead letters of all services, and the services without an answer. */
export async function deadLettersOfAll(
  place: Endpoints,
  wanted: Wanted = {},
): Promise<{ letters: DeadLetterOf[]; silent: ServiceName[] }> {
  const each = await Promise.all(
    SAGA_SERVICES.map(async (service) => {
      const answers = await request(place, service, pathOf({}));
      return answers?.status === 200 ? deadLettersOf(place, service, wanted) : service;
    }),
  );
  return {
    letters: each.flatMap((one) => (typeof one === 'string' ? [] : one)),
    silent: each.flatMap((one) => (typeof one === 'string' ? [one] : [])),
  };
}

/** The result of several decisions. */
export interface Decided {
  /** The answer of the service for each decided id. */
  readonly decided: readonly unknown[];
  readonly refused: readonly { readonly id: string; readonly why: string }[];
  /** Ids that were not sent, because the service no longer answers. */
  readonly notAttempted: readonly string[];
}

/**
 * Sends an operator's decision for each id, one after the other, so that the order of a key is preserved. The service stores the operator and
 * the reason. A refused id does not affect the others.
 */
export async function decideAll(
  place: Endpoints,
  service: ServiceName,
  ids: readonly string[],
  decision: 'redrive' | 'discard',
  post: { readonly by: string; readonly reason: string },
): Promise<Decided> {
  const decided: unknown[] = [];
  const refused: { id: string; why: string }[] = [];
  for (const [at, id] of ids.entries()) {
    try {
      decided.push((await demand(place, service, `${pathOfOne(id)}/${decision}`, { post })).body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push({ id, why: error.message });
      if (error instanceof Unanswered) return { decided, refused, notAttempted: ids.slice(at + 1) };
    }
  }
  return { decided, refused, notAttempted: [] };
}

/** Validates an id. Throws a {@link Refusal} for an invalid one, before any request. */
export function letterIdOf(text: string): string {
  const number = ID.exec(text)?.[1];
  if (number !== undefined && BigInt(number) <= LARGEST_ID) return text;
  throw new Refusal(`${JSON.stringify(text)} is no id of a dead letter; use one from quadrille dead-letters list.`);
}

/** Returns one dead letter or unsendable record, with all details. */
export const showLetter = (place: Endpoints, service: ServiceName, id: string): Promise<Answer> =>
  demand(place, service, pathOfOne(id));

function pathOfOne(id: string): string {
  const record = UNSENDABLE.exec(id)?.[1];
  return record ? `/outbox-dead-letters/${record}` : `/dead-letters/${encodeURIComponent(id)}`;
}

/** Returns the unsendable records of a service, oldest first. Throws a refusal if it does not answer. */
async function unsendableOf(place: Endpoints, service: ServiceName, { state, key }: Wanted): Promise<DeadLetterOf[]> {
  if (state && state !== 'unsendable') return [];
  const found: DeadLetterOf[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(key && { key }), ...(cursor && { cursor }) });
    const { body }: Answer = await demand(place, service, `/outbox-dead-letters?${query}`);
    const page = body as { deadLetters: Unsendable[]; next: string | null };
    found.push(...page.deadLetters.map((record) => asLetter(service, record)));
    cursor = page.next;
  }
  return found;
}

const asLetter = (service: ServiceName, { id, topic, key, cause, attempts, diedAt }: Unsendable): DeadLetterOf => ({
  ...{ service, id: `outbox-${id}`, step: topic, messageId: '', key, state: 'unsendable' },
  ...{ code: 'unsendable', cause, attempts, dueAt: null, parkedAt: diedAt },
});

function pathOf({ state, key }: Wanted, cursor?: string): string {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (state) query.set('state', state);
  if (key) query.set('key', key);
  if (cursor) query.set('cursor', cursor);
  return `/dead-letters?${query}`;
}
