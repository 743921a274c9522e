import type { DueDeadline, Step, Tx, Write } from '@quadrille/choreography';
import { crashPoint } from '@quadrille/crash-points';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { DeadlineInput, Outcome } from '../input.js';

/** A service's deadlines, and the way of their inputs into its batches. */
interface Firing {
  readonly pool: Pool;
  readonly steps: readonly Step[];
  readonly deadlineRows: readonly { readonly step: string }[];
  /** Maximum deadlines of a row at once. */
  readonly maxInputs: number;
  readonly submit: (inputs: readonly DeadlineInput[]) => Promise<readonly Outcome[]>;
}

/** Runs due deadlines in the same batches as other inputs. Returns whether more may be due. */
export async function fireDeadlines({ pool, steps, deadlineRows, maxInputs, submit }: Firing): Promise<boolean> {
  let fired = 0;
  for (const { step: name } of deadlineRows) {
    const step = steps.find((each) => each.name === name)!;
    const due = await transaction(pool, (tx) => dueDeadlines(tx, name, maxInputs));
    if (due.length === 0) continue;
    crashPoint('deadline.due', pool);
    const at = new Date().toISOString();
    const outcomes = await submit(
      due.map((payload) => ({ from: 'deadline', step, key: payload.key, payload, at, correlationId: payload.key })),
    );
    crashPoint('deadline.fired', pool);
    fired += outcomes.filter((outcome) => 'event' in outcome).length;
  }
  return fired >= maxInputs;
}

/** Starts the deadline of these keys; a running deadline stays unchanged. */
export const startDeadlines = (step: string, keys: readonly string[], seconds: number): Write => ({
  text: `insert into deadlines (step, key, due_at)
     select $1::text, key, now() + make_interval(secs => $3::float8) from unnest($2::text[]) as key
     on conflict (step, key) do nothing`,
  values: [step, keys, seconds],
});

/** Restarts the full time of each key, counted from the time of its event (`times`, ISO 8601). Idempotent. */
export const extendDeadlines = (
  step: string,
  keys: readonly string[],
  times: readonly string[],
  seconds: number,
): Write => ({
  text: `update deadlines d
     set due_at = e.due_at
     from (
       select key, occurred_at + make_interval(secs => $4::float8) as due_at
       from unnest($2::text[], $3::timestamptz[]) as extended (key, occurred_at)
       order by key
     ) e
     where d.step = $1::text and d.key = e.key and d.due_at < e.due_at`,
  values: [step, keys, times, seconds],
});

export const stopDeadlines = (step: string, keys: readonly string[]): Write => ({
  text: 'delete from deadlines where step = $1::text and key = any($2::text[])',
  values: [step, keys],
});

/** Returns due deadlines, earliest first, without locks: {@link lockDeadlines} picks the instance that runs them. */
async function dueDeadlines(tx: Tx, step: string, limit: number): Promise<DueDeadline[]> {
  const { rows } = await tx.query<DueDeadline>(
    'select key from deadlines where step = $1::text and due_at <= now() order by due_at limit $2::int',
    [step, limit],
  );
  return rows;
}

/** Locks the rows that are still due and returns their keys. Skips rows locked by another instance. */
export async function lockDeadlines(tx: Tx, step: string, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ key: string }>(
    `select key from deadlines where step = $1::text and key = any($2::text[]) and due_at <= now()
     order by key for update skip locked`,
    [step, keys],
  );
  return new Set(rows.map((row) => row.key));
}
