import { isConflict } from './pg-errors.js';

/** Maximum conflicts before the caller's own retry takes over. */
export const MAX_CONFLICTS = 20;
/** The same maximum while the caller searches a batch for the one input that always conflicts. */
export const HURRIED_CONFLICTS = 4;
const PAUSE_MS = 5;
const PAUSE_CAP_MS = 200;

/** Repeats work after a conflict: on the rows of the faster transaction it may succeed. Calls `onConflict` each time. */
export async function retryConflicts<Result>(
  work: () => Promise<Result>,
  onConflict?: (error: unknown) => void,
  most = MAX_CONFLICTS,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error)) throw error;
      onConflict?.(error);
      if (attempt === most) throw error;
      await pause(fullJitter(attempt, PAUSE_MS, PAUSE_CAP_MS));
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs one statement, such as TypeORM's `QueryRunner`. */
interface StatementRunner {
  query(text: string): Promise<unknown>;
}

/**
 * The database checks the expectation of a write. If the check fails, the transaction fails, and the commit sent with the write
 * becomes a rollback. The SQLSTATE class is that of serialization failures, so the caller can retry.
 */
const CONFLICT_UNLESS = `
  create function conflict_unless(met boolean, what text) returns void language plpgsql as $$
  begin
    if met is not true then
      raise exception 'Another transaction changed % first.', what using errcode = '40Q01';
    end if;
  end $$`;

/** Raises a conflict in the statement that detects it. */
export class ConflictUnless1764000000007 {
  readonly name = 'ConflictUnless1764000000007';

  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CONFLICT_UNLESS);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop function conflict_unless(boolean, text)');
  }
}

/**
 * Returns the pause before attempt `attempt + 1` in ms: a random part of a pause that doubles up to a cap. "Full jitter" spreads
 * the retries of callers that failed together.
 */
export function fullJitter(attempt: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));
}
