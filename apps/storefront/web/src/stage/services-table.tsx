import { ScrollArea, Table } from '@mantine/core';
import type { Snapshot } from '../../../src/stage/snapshot.js';
import { span } from '../ui/format.js';
import { count, sum } from './numbers.js';

/** The topology as text and figures, for screen readers and exact values. */
export function ServicesTable({ now }: { readonly now: Snapshot | undefined }) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': 'Services in numbers' }}>
      <Table verticalSpacing="xs" miw={720} className="tabular">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Service</Table.Th>
            <Table.Th scope="col">Health</Table.Th>
            <Table.Th scope="col">Restarts</Table.Th>
            <Table.Th scope="col">Waiting sagas</Table.Th>
            <Table.Th scope="col">Records to consume</Table.Th>
            <Table.Th scope="col">In the outbox</Table.Th>
            <Table.Th scope="col">Parked</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {now?.services.map(({ service, health, unwell, restarts, lag, outbox, parked }) => (
            <Table.Tr key={service}>
              <Table.Th scope="row">{service}</Table.Th>
              <Table.Td>{unwell.length > 0 ? `${health}: ${unwell.join(', ')}` : health}</Table.Td>
              <Table.Td>{restarts}</Table.Td>
              <Table.Td>{count(waiting(now, service))}</Table.Td>
              <Table.Td>{lag ? count(sum(lag)) : '–'}</Table.Td>
              <Table.Td>
                {outbox ? count(outbox.rows) : '–'}
                {outbox && outbox.rows > 0 && `, oldest ${span(outbox.oldestAgeSeconds * 1_000)}`}
              </Table.Td>
              <Table.Td>
                {parked
                  ? `${count(parked.retrying)} retrying, ${count(parked.queued)} queued, ${count(parked.dead)} dead`
                  : '–'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

const waiting = ({ sagas }: Snapshot, service: string): number =>
  (sagas?.awaited ?? []).reduce((all, each) => all + (each.service === service ? each.count : 0), 0);
