import type { CaseResult, Report, Table } from './case-result.js';

/** The figures of a case for the terminal. */
export function caseText(name: string, { tables, targets }: CaseResult): string {
  const marks = targets.map(
    ({ what, wanted, measured, met }) => `${met ? '✓' : '✗'} ${what}: ${measured}, target ${wanted}`,
  );
  return [`\n— ${name}`, ...tables.map(tableText), ...marks].join('\n');
}

/** The machine facts for the terminal. */
export const machineText = (machine: Report['machine']): string =>
  Object.entries(machine)
    .map(([what, value]) => `${what} ${value}`)
    .join(' · ');

/** A table with aligned columns; numbers are right-aligned. */
function tableText({ columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => [...(line[at] ?? '')].length)));
  return lines
    .map((line) =>
      line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}
