import type { Measured } from '../measure/measure.js';

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `lock-timeout 12, no-answer 3`; empty if no order was cancelled. */
export const reasons = ({ cancelled }: Pick<Measured, 'cancelled'>): string =>
  Object.entries(cancelled)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');

/** Prints a run in one line, and one line per broken promise. */
export function format(seen: Measured): string {
  const line = [
    `held ${seen.heldSeconds} s`,
    `hot served ${percent(seen.hotServed)}`,
    `cold served ${percent(seen.coldServed)}`,
    `split ${seen.split}`,
    `open ${seen.open}`,
    `inconsistent p99 ${seen.inconsistentMs.p99} ms`,
    `compensated ${percent(seen.compensated)}`,
    ...(reasons(seen) ? [`cancelled during the fault: ${reasons(seen)}`] : []),
    ...(seen.leaked > 0 ? [`cards charged for nothing ${seen.leaked}`] : []),
    `recovery ${seen.recoverySeconds} s`,
  ].join(' · ');
  const broken = seen.promises.filter(({ holds }) => !holds);
  const verdict =
    broken.length === 0
      ? '✓ all promises hold, no prepared transaction remains'
      : broken.map(({ promise, violations }) => `✗ ${promise}: ${violations[0]}`).join('\n  ');
  return `  ${line}\n  ${verdict}`;
}

/** A comparison table with one row per run. */
export function tableOf(
  rows: readonly { readonly cell: string; readonly fault: string; readonly seen: Measured }[],
): string {
  const head = ['protocol', 'fault', 'held s', 'hot', 'cold', 'split', 'open', 'inconsistent p99', 'p50 ms', 'calls'];
  const body = rows.map(({ cell, fault, seen }) => [
    cell,
    fault,
    String(seen.heldSeconds),
    percent(seen.hotServed),
    percent(seen.coldServed),
    String(seen.split),
    String(seen.open),
    `${seen.inconsistentMs.p99} ms`,
    String(seen.latencyMs.p50),
    String(seen.perOrder.calls),
  ]);
  const widths = head.map((name, at) => Math.max(name.length, ...body.map((row) => row[at]!.length)));
  return [head, ...body]
    .map((row) =>
      row
        .map((text, at) => text.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
