import type { Effect, Report } from './report.js';

const BARS = ' ▁▂▃▄▅▆▇█';
/** Seconds per line of the chart. */
const LINE_SECONDS = 60;
const SECOND_MS = 1_000;
const seconds = (ms: number): string => (ms / SECOND_MS).toFixed(1);

/** Formats a report as text: one line per fault, a chart of endings per second, and the outcome. */
export function draw(report: Report): string {
  return [
    ...drawFaults(report.faults),
    '',
    'endings per second, one line per minute; ! marks seconds with an active fault',
    ...drawEndings(report),
    '',
    ...drawOutcome(report),
  ].join('\n');
}

function drawFaults(faults: readonly Effect[]): string[] {
  const head = ['at', 'lasts', 'fault', 'before', 'during', 'after', 'in flight', 'recovered'];
  const rows = faults.map(({ atMs, liftedAtMs, what, rate, inFlight, recoveredAfterMs, disturbed, failed }) => [
    `${seconds(atMs)} s`,
    `${seconds(liftedAtMs - atMs)} s`,
    failed === undefined ? what : `${what} (injection failed)`,
    `${rate.before.toFixed(1)}/s`,
    `${rate.during.toFixed(1)}/s`,
    `${rate.after.toFixed(1)}/s`,
    String(inFlight),
    `${seconds(recoveredAfterMs)} s${disturbed ? ' *' : ''}`,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const note = faults.some(({ disturbed }) => disturbed) ? ['* another fault was active at the same time'] : [];
  return [line(head), ...rows.map(line), ...note];
}

function drawEndings({ endings, faults }: Report): string[] {
  const most = Math.max(1, ...endings);
  const broken = (second: number) =>
    faults.some(({ atMs, liftedAtMs }) => atMs < (second + 1) * SECOND_MS && liftedAtMs > second * SECOND_MS);
  const lines: string[] = [];
  for (let from = 0; from < endings.length; from += LINE_SECONDS) {
    const shown = endings.slice(from, from + LINE_SECONDS);
    const bars = shown.map((each) => BARS[Math.ceil((each / most) * (BARS.length - 1))]).join('');
    const marks = shown.map((_, at) => (broken(from + at) ? '!' : ' ')).join('');
    lines.push(`${String(from).padStart(5)} s  ${bars}`, `${' '.repeat(9)}${marks}`.trimEnd());
  }
  return [...lines, `highest bar: ${most} endings`];
}

function drawOutcome(report: Report): string[] {
  const {
    orders,
    repetitions,
    overdue,
    notes,
    watched,
    recoveredAfterMs,
    recoveryBoundMs,
    others,
    promises,
    wrong,
    seed,
  } = report;
  const endings = Object.entries(orders.byEnding).map(([ending, number]) => `${number} ${ending}`);
  return [
    `seed ${seed}: ${orders.accepted} orders accepted, ${endings.join(', ')}; ${repetitions} requests retried`,
    ...(overdue > 0 ? [`${overdue} orders were cancelled by their deadline during a fault`] : []),
    ...notes.map((note) => `- ${note}`),
    `${watched.looks} audits during the run succeeded, ${watched.failures} could not read the whole system`,
    `the last saga ended ${seconds(recoveredAfterMs)} s after the last fault (limit: ${seconds(recoveryBoundMs)} s)`,
    ...(others.judged > 0 ? [othersInWords(others)] : []),
    '',
    ...promises.flatMap(({ holds, promise, checked, violations }) => [
      `${holds ? '✓' : '✗'} ${promise} (${Object.entries(checked)
        .map(([name, number]) => `${name} ${number}`)
        .join(', ')})`,
      ...violations.map((violation) => `    ${violation}`),
    ]),
    ...wrong.map((sentence) => `✗ ${sentence}`),
  ];
}

const othersInWords = ({ judged, slowestMs, late }: Report['others']): string =>
  `${judged} orders did not use the records, rows and topics of narrow faults: ${late} were late, the slowest took ${seconds(slowestMs)} s`;
