import { isAftermath, isConflict } from './pg-errors.js';

/**
 * Waits for all work that was sent together. When some of it fails, throws the failure that tells most: a conflict, because
 * running again mends it and what failed beside it; else what went wrong itself rather than a statement that came after it.
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
