import type { ServiceName } from '@quadrille/contracts';
import { request } from '../api/request.js';

export const STATES = ['dead', 'retrying', 'queued'] as const;
export type LetterState = (typeof STATES)[number];

/** A parked message or dead letter. */
export interface Letter {
  readonly id: string;
  readonly step: string;
  readonly messageId: string;
  readonly key: string;
  readonly state: LetterState;
  readonly code: string;
  readonly cause: string;
  readonly attempts: number;
  readonly dueAt: string | null;
  readonly parkedAt: string;
}

/** With its original record. */
export interface WholeLetter extends Letter {
  readonly message: unknown;
}

export interface DeadLetterPage {
  readonly deadLetters: readonly Letter[];
  readonly next: string | null;
}

/** The decisions of an operator. */
export type Verb = 'redrive' | 'discard';

/** The operator and the reason of a decision. */
export interface OperatorDecision {
  readonly by: string;
  readonly reason: string;
}

const PAGE = 25;

export const lettersOf = (
  service: ServiceName,
  { state, key, cursor }: { readonly state?: LetterState; readonly key?: string; readonly cursor?: string },
  signal?: AbortSignal,
): Promise<DeadLetterPage> => {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (state) query.set('state', state);
  if (key) query.set('key', key);
  if (cursor) query.set('cursor', cursor);
  return request<DeadLetterPage>(service, `/dead-letters?${query}`, { ...(signal && { signal }) });
};

export const wholeLetter = (service: ServiceName, id: string): Promise<WholeLetter> =>
  request<WholeLetter>(service, `/dead-letters/${id}`);

export const decide = (service: ServiceName, id: string, verb: Verb, decision: OperatorDecision): Promise<unknown> =>
  request(service, `/dead-letters/${id}/${verb}`, { method: 'POST', body: decision });

/** The states as text. */
export const STATE_WORDS: Readonly<Record<LetterState, string>> = {
  dead: 'needs a decision',
  retrying: 'is retried automatically',
  queued: 'waits behind an earlier one',
};

/** The first line of a cause, without a stack. */
export const firstLine = (cause: string): string => cause.split('\n', 1)[0]!;

/** The step of the message; an unreadable message has none. */
export const stepOf = ({ step }: Letter): string => (step === '*' ? 'not an event of the shop' : step);
