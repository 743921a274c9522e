import type { Choreography } from './choreography.js';
import { servicesOf } from './choreography.js';
import { clockOf, eventsHeardBy, type Row, type Rows } from './row.js';
import { isFailure } from './saga.js';

/** The choreography as a mermaid flowchart: services as rooms, steps as boxes, events as arrows; undoing is dotted. */
export function mermaid(choreography: Choreography): string {
  const { rows } = choreography;
  return [
    'flowchart LR',
    ...servicesOf(rows).flatMap((service) => [
      `  subgraph ${service}`,
      ...stepsOf(rows, service).map(([step, row]) => `    ${step}${shapeOf(step, row)}`),
      '  end',
    ]),
    ...Object.entries(rows).flatMap(([step, row]) => arrowsTo(choreography, step, row)),
    ...Object.entries(rows).flatMap(([step, row]) => beginning(step, row)),
    `  classDef undo stroke-dasharray:4 3`,
    `  class ${Object.keys(rows)
      .filter((step) => rows[step]!.undoes)
      .join(',')} undo`,
    '',
  ].join('\n');
}

const stepsOf = (rows: Rows, service: string) => Object.entries(rows).filter(([, row]) => row.by === service);

const shapeOf = (step: string, row: Row): string => (row.role === 'afterwards' ? `([${step}])` : `[${step}]`);

function arrowsTo(choreography: Choreography, step: string, row: Row): string[] {
  return eventsHeardBy(row).flatMap((event) => {
    const turning = row.undoes !== undefined || isFailure(choreography, event);
    return Object.entries(choreography.rows)
      .filter(([, other]) => other.says.includes(event))
      .map(([from]) => (turning ? `  ${from} -. ${event.name} .-> ${step}` : `  ${from} -- ${event.name} --> ${step}`));
  });
}

function beginning(step: string, row: Row): string[] {
  if (!('kind' in row.hears)) return [];
  const by = clockOf(row)?.reads ?? ('request' in row.hears ? row.hears.request : '');
  return [`  ${step}-begin>"${by}"] --> ${step}`];
}

/** The choreography as a Markdown table, one row a step: the saga on one screen. */
export function table({ rows }: { readonly rows: Rows }): string {
  const cells = Object.entries(rows).map(([step, row]) => [
    step,
    row.by,
    'kind' in row.hears ? beginningOf(row) : row.hears.map((event) => event.name).join(', '),
    row.says.map((event) => event.name).join(' · ') || '–',
    row.undoes ? `undoes ${Object.keys(row.undoes).join(', ')}` : (row.role ?? ''),
  ]);
  const line = (columns: readonly string[]) => `| ${columns.join(' | ')} |`;
  return [
    line(['step', 'service', 'hears', 'says', '']),
    line(['---', '---', '---', '---', '---']),
    ...cells.map(line),
    '',
  ].join('\n');
}

function beginningOf(row: Row): string {
  const clock = clockOf(row);
  if (clock) return `clock: ${clock.reads}`;
  return 'request' in row.hears ? `\`${row.hears.request}\`` : '';
}
