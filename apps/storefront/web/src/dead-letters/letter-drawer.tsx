import { Alert, Code, Drawer, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ServiceName } from '@quadrille/contracts';
import { useQuery } from '@tanstack/react-query';
import { moment } from '../ui/format.js';
import classes from './dead-letters.module.css';
import { Decision } from './decision.js';
import { type Letter, lettersOf, STATE_WORDS, stepOf, wholeLetter } from './letters.js';

interface DeadLetterDrawerProps {
  readonly service: ServiceName;
  readonly letter: Letter | undefined;
  readonly onClose: () => void;
}

/** One dead letter with all its details, and the decision. */
export function DeadLetterDrawer({ service, letter, onClose }: DeadLetterDrawerProps) {
  return (
    <Drawer
      opened={letter !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={letter ? `Dead letter ${letter.id} of ${service}` : ''}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {letter && <LetterInside key={letter.id} service={service} letter={letter} onClose={onClose} />}
    </Drawer>
  );
}

function LetterInside({ service, letter, onClose }: DeadLetterDrawerProps & { readonly letter: Letter }) {
  const whole = useQuery({
    queryKey: ['dead-letter', service, letter.id],
    queryFn: () => wholeLetter(service, letter.id),
  });
  const behind = useQuery({
    queryKey: ['dead-letters', service, 'key', letter.key],
    queryFn: () => lettersOf(service, { key: letter.key }),
  });
  const others = behind.data?.deadLetters.filter(({ id }) => id !== letter.id) ?? [];
  return (
    <Stack gap="md">
      <dl className={classes.facts}>
        <dt>Step</dt>
        <dd>{stepOf(letter)}</dd>
        <dt>State</dt>
        <dd>
          {STATE_WORDS[letter.state]}, after {letter.attempts} {letter.attempts === 1 ? 'attempt' : 'attempts'}
        </dd>
        <dt>Parked</dt>
        <dd className="tabular">{moment(letter.parkedAt)}</dd>
        <dt>Key</dt>
        <dd>
          <code>{letter.key}</code>
        </dd>
      </dl>
      <section>
        <Title order={3} size="h5" mb={4}>
          Cause: {letter.code}
        </Title>
        <Code block className={classes.block!} tabIndex={0}>
          {letter.cause}
        </Code>
      </section>
      <section>
        <Title order={3} size="h5" mb={4}>
          The message
        </Title>
        {whole.data ? (
          <Code block className={classes.block!} tabIndex={0}>
            {pretty(whole.data.message)}
          </Code>
        ) : whole.error ? (
          <Text size="sm" role="status">
            {whole.error.message}
          </Text>
        ) : (
          <Skeleton height={80} />
        )}
      </section>
      {others.length > 0 && (
        <section>
          <Title order={3} size="h5" mb={4}>
            Of the same order
          </Title>
          <ol className={classes.behind}>
            {others.map((other) => (
              <li key={other.id}>
                {stepOf(other)}: {STATE_WORDS[other.state]}
              </li>
            ))}
          </ol>
        </section>
      )}
      {letter.state === 'queued' ? (
        <Alert color="gray">Decide about the earlier message of this order; this one follows automatically.</Alert>
      ) : (
        <Decision service={service} letter={letter} behind={others.length} onDone={onClose} />
      )}
    </Stack>
  );
}

/** Formats a record whose value is JSON text as JSON. */
function pretty(message: unknown): string {
  const record = message as { value?: unknown } | null;
  if (typeof record?.value !== 'string') return JSON.stringify(message, null, 2);
  try {
    return JSON.stringify({ ...record, value: JSON.parse(record.value) }, null, 2);
  } catch {
    return JSON.stringify(message, null, 2);
  }
}
