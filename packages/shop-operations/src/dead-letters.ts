import { SAGA_SERVICES, type ServiceName } from '@quadrille/contracts';
import { Refusal } from '@quadrille/operate/terminal/acting';
import { type Answer, ask, demand, Unanswered } from './endpoints/asking.js';
import { type Endpoints } from './endpoints/endpoints.js';

/** A message that a service could not take, as it tells operators. */
interface DeadLetter {
  readonly id: string;
  readonly step: string;
  readonly messageId: string;
  readonly key: string;
  /** `retrying` by itself, `dead` until somebody decides, `queued` behind an earlier one of its key, `unsendable`: see above. */
  readonly state: 'retrying' | 'dead' | 'queued' | 'unsendable';
  readonly code: string;
  readonly cause: string;
  readonly attempts: number;
  /** ISO 8601; null unless it is retrying. */
  readonly dueAt: string | null;
  readonly parkedAt: string;
}

/** A record that a service said and can never send, in the shape of a letter: nobody tries it, it waits for a decision. */
interface Unsendable {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly cause: string;
  readonly attempts: number;
  readonly diedAt: string;
}

/** How ids of records that cannot be sent are told from those of letters: `outbox-7`. */
const UNSENDABLE = /^outbox-(\d+)$/;
const ID = /^(?:outbox-)?(\d{1,19})$/;
const LARGEST_ID = 9_223_372_036_854_775_807n;

/** With the name of the service whose letter it is. */
export type DeadLetterOf = DeadLetter & { readonly service: ServiceName };

/** Which letters somebody wants to see. */
export interface Wanted {
  readonly state?: string;
  readonly key?: string;
}

const PAGE = 200;

/** All letters of a service, oldest first. Throws a refusal when nobody answers. */
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

/** What all services have put aside, and those that could not be asked. */
export async function deadLettersOfAll(
  place: Endpoints,
  wanted: Wanted = {},
): Promise<{ letters: DeadLetterOf[]; silent: ServiceName[] }> {
  const each = await Promise.all(
    SAGA_SERVICES.map(async (service) => {
      const answers = await ask(place, service, pathOf({}));
      return answers?.status === 200 ? deadLettersOf(place, service, wanted) : service;
    }),
  );
  return {
    letters: each.flatMap((one) => (typeof one === 'string' ? [] : one)),
    silent: each.flatMap((one) => (typeof one === 'string' ? [one] : [])),
  };
}

/** What came of several decisions. */
export interface Decided {
  /** What the service answered, of each that is done. */
  readonly decided: readonly unknown[];
  readonly refused: readonly { readonly id: string; readonly why: string }[];
  /** Nobody answered any more: nothing was decided about these. */
  readonly notAsked: readonly string[];
}

/**
 * An operator's decision about each of these, one after the other, so that the order of a key is kept; the service keeps who decided and
 * why. What is refused hinders no other.
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
      if (error instanceof Unanswered) return { decided, refused, notAsked: ids.slice(at + 1) };
    }
  }
  return { decided, refused, notAsked: [] };
}

/** An id as it was typed. Throws a {@link Refusal} when it cannot be one: nothing is asked then. */
export function letterIdOf(text: string): string {
  const number = ID.exec(text)?.[1];
  if (number !== undefined && BigInt(number) <= LARGEST_ID) return text;
  throw new Refusal(
    `${JSON.stringify(text)} is no id of a dead letter; take one that quadrille dead-letters list shows.`,
  );
}

/** One letter, or one record that cannot be sent, with all there is to know of it. */
export const showLetter = (place: Endpoints, service: ServiceName, id: string): Promise<Answer> =>
  demand(place, service, pathOfOne(id));

function pathOfOne(id: string): string {
  const record = UNSENDABLE.exec(id)?.[1];
  return record ? `/unsendable/${record}` : `/dead-letters/${encodeURIComponent(id)}`;
}

/** What a service has said and can never send, oldest first. Throws a refusal when nobody answers. */
async function unsendableOf(place: Endpoints, service: ServiceName, { state, key }: Wanted): Promise<DeadLetterOf[]> {
  if (state && state !== 'unsendable') return [];
  const found: DeadLetterOf[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(key && { key }), ...(cursor && { cursor }) });
    const { body }: Answer = await demand(place, service, `/unsendable?${query}`);
    const page = body as { unsendable: Unsendable[]; next: string | null };
    found.push(...page.unsendable.map((record) => asLetter(service, record)));
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
