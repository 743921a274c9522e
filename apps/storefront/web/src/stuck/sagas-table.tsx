import { Anchor, Button, Table, Text } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { Link } from 'react-router';
import { WideTable } from '../frame/wide-table.js';
import { shortId, span } from '../ui/format.js';
import { useNow } from '../ui/use-now.js';
import { DiagnosisOf } from './diagnosis-of.js';
import classes from './stuck.module.css';

/** A saga from `GET /sagas`. */
export interface SagaRow {
  readonly orderId: string;
  readonly state: string;
  readonly awaited: { readonly step: string; readonly service: string; readonly since: string } | null;
  readonly startedAt: string;
  readonly lastEvent: string;
}
/** The waiting sagas, each with its diagnosis. */
export function SagasTable({ sagas, more }: { readonly sagas: readonly SagaRow[]; readonly more: boolean }) {
  const now = useNow(true, 1_000);
  const [selected, select] = useState<string>();
  return (
    <>
      <Text size="sm" mb="xs" role="status" className="tabular">
        {sagas.length}
        {more && '+'} {sagas.length === 1 ? 'saga' : 'sagas'}: {whoIsAwaited(sagas)}.
      </Text>
      <WideTable
        caption="Slow sagas, oldest first"
        heads={['Order', 'Running for', 'Last event', 'Awaited', 'Awaited for']}
        actions
      >
        {sagas.map(({ orderId, state, startedAt, lastEvent, awaited }) => (
          <Fragment key={orderId}>
            <Table.Tr>
              <Table.Th scope="row" fw={400}>
                <Anchor component={Link} to={`/orders/${orderId}`} size="sm" ff="monospace">
                  {shortId(orderId)}
                </Anchor>
              </Table.Th>
              <Table.Td>{span(now - Date.parse(startedAt))}</Table.Td>
              <Table.Td data-back={state === 'compensating' || undefined} className={classes.event!}>
                {lastEvent}
              </Table.Td>
              <Table.Td>
                {awaited ? (
                  <>
                    <b>{awaited.step}</b> of {awaited.service}
                  </>
                ) : (
                  'nobody'
                )}
              </Table.Td>
              <Table.Td>{awaited ? span(now - Date.parse(awaited.since)) : '–'}</Table.Td>
              <Table.Td>
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconStethoscope size={15} aria-hidden />}
                  aria-expanded={selected === orderId}
                  onClick={() => select(selected === orderId ? undefined : orderId)}
                >
                  Why<span className="only-for-screen-readers"> does order {shortId(orderId)} wait</span>?
                </Button>
              </Table.Td>
            </Table.Tr>
            {selected === orderId && (
              <Table.Tr>
                <Table.Td colSpan={6} className={classes.why!}>
                  <DiagnosisOf orderId={orderId} />
                </Table.Td>
              </Table.Tr>
            )}
          </Fragment>
        ))}
      </WideTable>
    </>
  );
}

/** `12 wait for payment, 1 for shipping` */
function whoIsAwaited(sagas: readonly SagaRow[]): string {
  const services = new Map<string, number>();
  for (const { awaited } of sagas) {
    const who = awaited?.service ?? 'nobody';
    services.set(who, (services.get(who) ?? 0) + 1);
  }
  return [...services]
    .sort(([, a], [, b]) => b - a)
    .map(([service, sagasOf]) => `${sagasOf} wait for ${service}`)
    .join(', ');
}
