import { isAftermath, isConflict } from './pg-errors.js';

/**
 * Waits for all work that was sent together. If some of it fails, throws the most useful failure: a conflict, because a retry
 * also cures the failures beside it; else an original failure rather than its aftermath.
 */
export async function settleAll<Works extends readonly unknown[]>(
  works: readonly [...Works],
): Promise<{ -readonly [At in keyof Works]: Awaited<Works[At]> }> {
  const settled = await Promise.allSettled(works);
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) {
    throw failures.find(isConflict) ?? failures.find((failure) => !isAftermath(failure)) ?? failures[0];
  }
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as never;
}
