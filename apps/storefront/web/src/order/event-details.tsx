import { Anchor, Drawer, Stack, Table, Text, Title } from '@mantine/core';
import { moment, span, wordsOf } from '../ui/format.js';
import classes from './event-details.module.css';
import type { Link } from './timeline.js';

interface EventDetailsProps {
  readonly link: Link | null;
  readonly links: readonly Link[];
  readonly onClose: () => void;
  readonly onOpen: (link: Link) => void;
}

/** The details of one event: its record, its trigger, its times, headers and payload. */
export function EventDetails({ link, links, onClose, onOpen }: EventDetailsProps) {
  return (
    <Drawer
      opened={link !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={link && <Text fw={650}>{link.event}</Text>}
      closeButtonProps={{ 'aria-label': 'Close the details' }}
    >
      {link && <Facts link={link} links={links} onOpen={onOpen} />}
    </Drawer>
  );
}

function Facts({ link, links, onOpen }: Omit<EventDetailsProps, 'onClose'> & { readonly link: Link }) {
  const { record } = link;
  const cause = causeOf(link, links);
  return (
    <Stack gap="lg">
      <Text c="dimmed">
        Emitted by <b>{link.step}</b> of the {link.service} service, in the transaction in which it changed its own
        rows.
      </Text>
      <Table layout="fixed" verticalSpacing={6} horizontalSpacing={0} className={classes.facts!}>
        <Table.Tbody>
          <Fact name="Triggered by">
            {cause ? (
              <Anchor component="button" type="button" onClick={() => onOpen(cause)}>
                {cause.event} of {cause.service}
              </Anchor>
            ) : (
              triggerInWords(link)
            )}
          </Fact>
          {cause && <Fact name="After its trigger">{span(Date.parse(link.at) - Date.parse(cause.at))}</Fact>}
          <Fact name="Topic">{record.topic}</Fact>
          <Fact name="Partition">{record.partition}</Fact>
          <Fact name="Offset">{record.offset}</Fact>
          <Fact name="Emitted at">{moment(link.at)}</Fact>
          {link.writtenAt && (
            <Fact name="On its topic after">{span(Date.parse(link.writtenAt) - Date.parse(link.at))}</Fact>
          )}
          <Fact name="Event id">{link.eventId}</Fact>
        </Table.Tbody>
      </Table>
      <Raw title="Payload" value={link.data} />
      {link.headers && <Raw title="Headers" value={link.headers} />}
    </Stack>
  );
}

const causeOf = ({ triggeredBy }: Link, links: readonly Link[]): Link | undefined =>
  'eventId' in triggeredBy ? links.find(({ eventId }) => eventId === triggeredBy.eventId) : undefined;

function triggerInWords({ triggeredBy }: Link): string {
  if ('request' in triggeredBy) return triggeredBy.request;
  if ('deadline' in triggeredBy) return triggeredBy.deadline;
  return triggeredBy.event ? wordsOf(triggeredBy.event) : triggeredBy.eventId;
}

const Fact = ({ name, children }: { readonly name: string; readonly children: React.ReactNode }) => (
  <Table.Tr>
    <Table.Th scope="row" w="9.5rem">
      {name}
    </Table.Th>
    <Table.Td className={classes.value!}>{children}</Table.Td>
  </Table.Tr>
);

const Raw = ({ title, value }: { readonly title: string; readonly value: unknown }) => (
  <section>
    <Title order={3} size="h5" mb={6}>
      {title}
    </Title>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard. */}
    <pre className={classes.raw} tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  </section>
);
