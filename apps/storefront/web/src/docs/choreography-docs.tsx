import { Table } from '@mantine/core';
import { deadlineOf, eventsHandledBy, isFailure, type Row } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { WideTable } from '../frame/wide-table.js';
import { Diagram } from '../order/diagram.js';
import type { DiagramState, Flow, StepNode } from '../order/diagram-state.js';
import classes from './docs.module.css';

const rows: Readonly<Record<string, Row>> = checkout.rows;
const diagram = wholeDiagram();

/** The table of the whole system: as a diagram and as a table. */
export function ChoreographyDocs() {
  return (
    <>
      <p className={classes.text}>
        One lane per service, one box per step with its events; below each step its compensation. Lines lead from the
        emitting step to the handling steps. No process runs this table: types, topics, documents and tests derive from
        it.
      </p>
      <Diagram diagram={diagram} startedAt={undefined} waiting={new Map()} onOpen={() => {}} />
      <div className={classes.below}>
        <WideTable
          caption="Handled and emitted events per step"
          heads={['Step', 'Service', 'Handles', 'Emits', 'Role']}
        >
          {Object.entries(rows).map(([step, row]) => (
            <Table.Tr key={step}>
              <Table.Th scope="row" fw={600}>
                {step}
              </Table.Th>
              <Table.Td>{row.service}</Table.Td>
              <Table.Td>{triggerOf(row)}</Table.Td>
              <Table.Td>{row.emits.map(({ name }) => name).join(' or ') || 'nothing'}</Table.Td>
              <Table.Td className={row.compensates ? classes.undo! : ''}>
                {row.compensates ? `compensates ${Object.keys(row.compensates).join(', ')}` : (row.role ?? '')}
              </Table.Td>
            </Table.Tr>
          ))}
        </WideTable>
      </div>
    </>
  );
}

function triggerOf(row: Row): string {
  const deadline = deadlineOf(row);
  if (deadline) return deadline.label;
  if ('kind' in row.handles) return 'request' in row.handles ? row.handles.request : '';
  return eventsHandledBy(row)
    .map(({ name }) => name)
    .join(', ');
}

/** Every step lit, every event in transit: no single order takes all paths. */
function wholeDiagram(): DiagramState {
  const nodes = Object.entries(rows).map(([step, row]): StepNode => {
    const undo = row.compensates !== undefined || row.role === 'interrupt';
    return { step, service: row.service, state: 'done', undo, event: row.emits[0]?.name ?? null, link: null };
  });
  const flows = Object.entries(rows).flatMap(([to, row]): Flow[] =>
    eventsHandledBy(row).flatMap((event) =>
      Object.entries(rows)
        .filter(([, other]) => other.emits.includes(event))
        .map(([from]) => ({
          from,
          to,
          taken: true,
          undo: row.compensates !== undefined || isFailure(checkout, event) || rows[from]!.compensates !== undefined,
        })),
    ),
  );
  // One line between two steps is enough for all their events.
  const lines = new Map(flows.map((flow) => [`${flow.from} ${flow.to}`, flow]));
  return { nodes, flows: [...lines.values()], compensating: true, ending: undefined };
}
