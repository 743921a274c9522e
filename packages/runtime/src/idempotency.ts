import { createHash } from 'node:crypto';
import type { Tx, Write } from '@quadrille/choreography';
import { writeEach } from '@quadrille/postgres';
import type { IdempotencyKey, Outcome } from './input.js';

/** The stored result of a request under an idempotency key. */
export interface Answered {
  readonly requestHash: string;
  readonly outcome: Outcome;
}

/** Result for an unreadable stored answer: the request ran once, so it does not run again. */
const UNREADABLE: Outcome = {
  failed: { code: 'store-failed', cause: 'The answer stored under this Idempotency-Key cannot be read.' },
};

/** Answers stored before 0.2 have their event as `said`. */
const renamed = (stored: unknown): unknown =>
  isObject(stored) && stored.said !== undefined ? { event: stored.said } : stored;

/** Another version or an operator may have stored something else. */
function isOutcome(stored: unknown): stored is Outcome {
  if (!isObject(stored)) return false;
  const { event, refused, nothing } = stored;
  if (event !== undefined) return isObject(event) && isObject(event.data) && typeof event.type === 'string';
  if (refused !== undefined) return isObject(refused) && typeof refused.refused === 'string';
  return nothing === true;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export const idempotencyKeyName = ({ owner, key }: IdempotencyKey): string => JSON.stringify([owner, key]);

/** Returns stored answers of these requests, by {@link idempotencyKeyName}. */
export async function answeredBefore(
  tx: Tx,
  keys: readonly IdempotencyKey[],
  liveSeconds: number,
): Promise<Map<string, Answered>> {
  const { rows } = await tx.query<{ owner: string; key: string; request_hash: string; outcome: unknown }>(
    `select k.owner, k.key, k.request_hash, k.outcome
     from unnest($1::text[], $2::text[]) as requested (owner, key)
     join idempotency_keys k on k.owner = requested.owner and k.key = requested.key
     where k.created_at > now() - make_interval(secs => $3::float8)`,
    [keys.map((idempotencyKey) => idempotencyKey.owner), keys.map((idempotencyKey) => idempotencyKey.key), liveSeconds],
  );
  return new Map(
    rows.map((row) => {
      const outcome = renamed(row.outcome);
      return [
        idempotencyKeyName({ ...row, requestHash: row.request_hash }),
        { requestHash: row.request_hash, outcome: isOutcome(outcome) ? outcome : UNREADABLE },
      ];
    }),
  );
}

/** Stores the outcomes. Raises a conflict if another instance stored one of the keys first. */
export const saveAnswers = (
  answers: readonly { once: IdempotencyKey; outcome: Outcome }[],
  liveSeconds: number,
): Write =>
  writeEach(
    'an idempotency key',
    answers.length,
    `insert into idempotency_keys (owner, key, request_hash, outcome)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::json[])
     on conflict (owner, key) do update
       set request_hash = excluded.request_hash, outcome = excluded.outcome, created_at = excluded.created_at
       where idempotency_keys.created_at <= now() - make_interval(secs => $5::float8)`,
    [
      answers.map(({ once: idempotencyKey }) => idempotencyKey.owner),
      answers.map(({ once: idempotencyKey }) => idempotencyKey.key),
      answers.map(({ once: idempotencyKey }) => idempotencyKey.requestHash),
      answers.map(({ outcome }) => JSON.stringify(outcome)),
      liveSeconds,
    ],
  );

/** Sorts the keys of objects, so that two spellings of one request have the same text. */
const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** SHA-256 (hex) of a request: step and JSON value. The order of keys does not matter. */
export const requestHash = (step: string, request: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([step, request ?? null], sorted))
    .digest('hex');
