import type { Choreography } from './choreography.js';
import { deadlineOf, eventsHandledBy, type Row, type Rows, servicesOf } from './row.js';
import { isFailure } from './saga.js';

/** The choreography as a mermaid flowchart: services as subgraphs, steps as boxes, events as arrows; compensations are dotted. */
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
      .filter((step) => rows[step]!.compensates)
      .join(',')} undo`,
    '',
  ].join('\n');
}

const stepsOf = (rows: Rows, service: string) => Object.entries(rows).filter(([, row]) => row.service === service);

const shapeOf = (step: string, row: Row): string => (row.role === 'follow-up' ? `([${step}])` : `[${step}]`);

function arrowsTo(choreography: Choreography, step: string, row: Row): string[] {
  return eventsHandledBy(row).flatMap((event) => {
    const turning = row.compensates !== undefined || isFailure(choreography, event);
    return Object.entries(choreography.rows)
      .filter(([, other]) => other.emits.includes(event))
      .map(([from]) => (turning ? `  ${from} -. ${event.name} .-> ${step}` : `  ${from} -- ${event.name} --> ${step}`));
  });
}

function beginning(step: string, row: Row): string[] {
  if (!('kind' in row.handles)) return [];
  const by = deadlineOf(row)?.label ?? ('request' in row.handles ? row.handles.request : '');
  return [`  ${step}-begin>"${by}"] --> ${step}`];
}

/** The choreography as a Markdown table, one row per step. */
export function table({ rows }: { readonly rows: Rows }): string {
  const cells = Object.entries(rows).map(([step, row]) => [
    step,
    row.service,
    'kind' in row.handles ? beginningOf(row) : row.handles.map((event) => event.name).join(', '),
    row.emits.map((event) => event.name).join(' · ') || '–',
    row.compensates ? `compensates ${Object.keys(row.compensates).join(', ')}` : (row.role ?? ''),
  ]);
  const line = (columns: readonly string[]) => `| ${columns.join(' | ')} |`;
  return [
    line(['step', 'service', 'handles', 'emits', '']),
    line(['---', '---', '---', '---', '---']),
    ...cells.map(line),
    '',
  ].join('\n');
}

function beginningOf(row: Row): string {
  const deadline = deadlineOf(row);
  if (deadline) return `deadline: ${deadline.label}`;
  return 'request' in row.handles ? `\`${row.handles.request}\`` : '';
}
