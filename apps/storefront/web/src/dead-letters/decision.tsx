import { Alert, Button, Group, Text, Title } from '@mantine/core';
import type { ServiceName } from '@quadrille/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import classes from './dead-letters.module.css';
import { DeciderFields, useDecider } from './decider.js';
import { decide, type Letter, type OperatorDecision, type Verb } from './letters.js';
import { rememberOperator } from './operator.js';

interface DecisionProps {
  readonly service: ServiceName;
  readonly letter: Letter;
  readonly behind: number;
  readonly onDone: () => void;
}

/** Requires a name and a reason, and a confirmation of a discard. */
export function Decision({ service, letter, behind, onDone }: DecisionProps) {
  const decider = useDecider();
  const [sure, setSure] = useState<Verb>();
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: ({ verb, decision }: { readonly verb: Verb; readonly decision: OperatorDecision }) =>
      decide(service, letter.id, verb, decision),
    onSuccess: (_, { decision }) => {
      rememberOperator(decision.by);
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['dead-letters', service] }),
  });
  useEffect(() => setSure(undefined), [letter.id]);
  return (
    <form
      className={classes.decision}
      onSubmit={(event) => {
        event.preventDefault();
        if (sure && decider.decision) mutate({ verb: sure, decision: decider.decision });
      }}
    >
      <Title order={3} size="h5" mb="xs">
        Decide
      </Title>
      <DeciderFields decider={decider} whereStored="Stored with the message" />
      {error && (
        <Alert color="undo" mt="sm" role="alert">
          {error.message}
        </Alert>
      )}
      {sure === undefined ? (
        <Group mt="md">
          <Button disabled={!decider.decision} onClick={() => setSure('redrive')}>
            Redrive…
          </Button>
          <Button disabled={!decider.decision} variant="default" onClick={() => setSure('discard')}>
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
              {sure === 'discard' ? 'Discard it permanently' : 'Redrive it now'}
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

const QUESTIONS: Readonly<Record<Verb, string>> = { redrive: 'Redrive it?', discard: 'Discard it permanently?' };

function consequence(verb: Verb, behind: number): string {
  const others =
    behind > 0 ? ` ${behind === 1 ? 'One message' : `${behind} messages`} queued behind it follow in order.` : '';
  return verb === 'redrive'
    ? `The step processes it now.${others} If the cause is not fixed, it is parked again.`
    : `No step will ever process it; its effects never happen.${others}`;
}
