import { Anchor, Button, Table, Text } from '@mantine/core';
import type { ServiceName } from '@quadrille/contracts';
import { Link } from 'react-router';
import { WideTable } from '../frame/wide-table.js';
import { moment, shortId } from '../ui/format.js';
import classes from './dead-letters.module.css';
import { firstLine, type Letter, STATE_WORDS, stepOf } from './letters.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface DeadLettersTableProps {
  readonly service: ServiceName;
  readonly letters: readonly Letter[];
  readonly onOpen: (letter: Letter) => void;
}

/** The parked messages of a service, with their causes. */
export function DeadLettersTable({ service, letters, onOpen }: DeadLettersTableProps) {
  return (
    <WideTable
      caption={`Parked messages of ${service}, oldest first`}
      heads={['Message', 'Order', 'State', 'Cause', 'Since']}
      actions
    >
      {letters.map((letter) => (
        <Table.Tr key={letter.id}>
          <Table.Th scope="row" fw={500}>
            {stepOf(letter)}
          </Table.Th>
          <Table.Td>
            <OrderLink letter={letter} />
          </Table.Td>
          <Table.Td className={classes.state!} data-state={letter.state}>
            {STATE_WORDS[letter.state]}
            {letter.state !== 'queued' && (
              <Text size="xs" c="dimmed">
                {letter.attempts} {letter.attempts === 1 ? 'attempt' : 'attempts'}
              </Text>
            )}
          </Table.Td>
          <Table.Td maw={360}>
            <Text size="sm" lineClamp={2} className={classes.cause!}>
              {letter.state === 'queued' ? 'no error of its own' : firstLine(letter.cause)}
            </Text>
          </Table.Td>
          <Table.Td className={classes.since!}>{moment(letter.parkedAt)}</Table.Td>
          <Table.Td>
            <Button size="xs" variant="default" onClick={() => onOpen(letter)}>
              Open<span className="only-for-screen-readers"> letter {letter.id}</span>
            </Button>
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function OrderLink({ letter }: { readonly letter: Letter }) {
  if (letter.step === '*' || !UUID.test(letter.key)) return <span className={classes.quiet}>none</span>;
  return (
    <Anchor component={Link} to={`/orders/${letter.key}`} size="sm" ff="monospace">
      {shortId(letter.key)}
    </Anchor>
  );
}
