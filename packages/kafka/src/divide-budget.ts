/**
 * Divides a budget fairly: all get an equal part, and the unused rest goes to the others. So a partition with a backlog does not
 * delay those with a few records (tulios/kafkajs#1732).
 */
export function divideBudget(wanted: readonly number[], budget: number): number[] {
  const given = wanted.map(() => 0);
  let left = budget;
  let hungry = wanted.flatMap((want, at) => (want > 0 ? [at] : []));
  while (left > 0 && hungry.length > 0) {
    const part = Math.max(1, Math.floor(left / hungry.length));
    for (const at of hungry) {
      const more = Math.min(part, wanted[at]! - given[at]!, left);
      given[at]! += more;
      left -= more;
    }
    hungry = hungry.filter((at) => given[at]! < wanted[at]!);
  }
  return given;
}
