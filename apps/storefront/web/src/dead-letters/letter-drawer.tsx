import { Alert, Button, Code, Drawer, Group, Skeleton, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { moment } from '../look/words.js';
import type { Service } from '../talking/request.js';
import classes from './dead-letters.module.css';
import { decide, type Letter, lettersOf, STATE_WORDS, type Verb, wholeLetter } from './letters.js';
import { rememberedOperator, rememberOperator } from './operator.js';

interface LetterDrawerProps {
  readonly service: Service;
  readonly letter: Letter | undefined;
  readonly onClose: () => void;
}

/** One dead letter with all there is to know about it, and the decision. */
export function LetterDrawer({ service, letter, onClose }: LetterDrawerProps) {
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

function LetterInside({ service, letter, onClose }: LetterDrawerProps & { readonly letter: Letter }) {
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
        <dd>{letter.step === '*' ? 'none: nobody can tell whose it is' : letter.step}</dd>
        <dt>State</dt>
        <dd>
          {STATE_WORDS[letter.state]}, after {letter.attempts} {letter.attempts === 1 ? 'attempt' : 'attempts'}
        </dd>
        <dt>Put aside</dt>
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
            {others.map(({ id, step, state }) => (
              <li key={id}>
                {step}: {STATE_WORDS[state]}
              </li>
            ))}
          </ol>
        </section>
      )}
      {letter.state === 'queued' ? (
        <Alert color="gray">Decide about the earlier one of this order; this one follows by itself.</Alert>
      ) : (
        <Decision service={service} letter={letter} behind={others.length} onDone={onClose} />
      )}
    </Stack>
  );
}

interface DecisionProps {
  readonly service: Service;
  readonly letter: Letter;
  readonly behind: number;
  readonly onDone: () => void;
}

/** Asks who decides and why, then once more before anything is given up. */
function Decision({ service, letter, behind, onDone }: DecisionProps) {
  const [by, setBy] = useState(rememberedOperator);
  const [reason, setReason] = useState('');
  const [sure, setSure] = useState<Verb>();
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (verb: Verb) => decide(service, letter.id, verb, by.trim(), reason.trim()),
    onSuccess: () => {
      rememberOperator(by.trim());
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['dead-letters', service] }),
  });
  useEffect(() => setSure(undefined), [letter.id]);
  const complete = by.trim() !== '' && reason.trim() !== '';
  return (
    <form
      className={classes.decision}
      onSubmit={(event) => {
        event.preventDefault();
        if (sure && complete) mutate(sure);
      }}
    >
      <Title order={3} size="h5" mb="xs">
        Decide
      </Title>
      <TextInput
        label="Who decides"
        required
        maxLength={500}
        value={by}
        onChange={(event) => setBy(event.currentTarget.value)}
      />
      <Textarea
        label="Why"
        description="Kept with the message"
        required
        autosize
        minRows={2}
        maxLength={500}
        mt="xs"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {error && (
        <Alert color="undo" mt="sm" role="alert">
          {error.message}
        </Alert>
      )}
      {sure === undefined ? (
        <Group mt="md">
          <Button disabled={!complete} onClick={() => setSure('redrive')}>
            Redrive…
          </Button>
          <Button disabled={!complete} variant="default" onClick={() => setSure('discard')}>
            Discard…
          </Button>
        </Group>
      ) : (
        <Alert
          color={sure === 'discard' ? 'undo' : 'accent'}
          mt="md"
          role="alertdialog"
          aria-label="Are you sure?"
          title={QUESTIONS[sure]}
        >
          <Text size="sm">{consequence(sure, behind)}</Text>
          <Group mt="sm">
            <Button type="submit" loading={isPending} color={sure === 'discard' ? 'undo' : 'accent'} data-autofocus>
              {sure === 'discard' ? 'Discard it for good' : 'Redrive it now'}
            </Button>
            <Button variant="default" onClick={() => setSure(undefined)}>
              No
            </Button>
          </Group>
        </Alert>
      )}
    </form>
  );
}

const QUESTIONS: Readonly<Record<Verb, string>> = { redrive: 'Try it again?', discard: 'Give it up for good?' };

function consequence(verb: Verb, behind: number): string {
  const others =
    behind > 0 ? ` ${behind === 1 ? 'One that waits' : `${behind} that wait`} behind it follow in order.` : '';
  return verb === 'redrive'
    ? `The step takes it now.${others} When the cause is not mended, it comes back here.`
    : `No step will ever take it; what it should have caused does not happen.${others}`;
}

/** A record whose value is JSON text is shown as JSON. */
function pretty(message: unknown): string {
  const record = message as { value?: unknown } | null;
  if (typeof record?.value !== 'string') return JSON.stringify(message, null, 2);
  try {
    return JSON.stringify({ ...record, value: JSON.parse(record.value) }, null, 2);
  } catch {
    return JSON.stringify(message, null, 2);
  }
}
