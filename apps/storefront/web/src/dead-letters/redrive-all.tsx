import { Alert, Button, Group, Modal, Progress, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ServiceName } from '@quadrille/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DeciderFields, useDecider } from './decider.js';
import { decide, lettersOf, type OperatorDecision } from './letters.js';
import { rememberOperator } from './operator.js';

/** Redrives all dead letters of a service, one after the other: for use after a bug fix. */
export function RedriveAll({ service }: { readonly service: ServiceName }) {
  const [opened, { open, close }] = useDisclosure(false);
  const decider = useDecider();
  const [done, setDone] = useState(0);
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (decision: OperatorDecision) => redriveDead(service, decision, setDone),
    onSuccess: (_, { by }) => {
      rememberOperator(by);
      close();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['dead-letters', service] }),
  });
  return (
    <>
      <Button size="xs" onClick={open}>
        Redrive all that need a decision…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Redrive all dead letters of ${service}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (decider.decision) mutate(decider.decision);
          }}
        >
          <Text size="sm" mb="sm">
            One after the other, oldest first; queued messages follow in order. A message that fails again is parked
            again.
          </Text>
          <DeciderFields decider={decider} whereStored="Stored with each message" />
          {isPending && <Progress value={100} animated mt="md" aria-label={`${done} are redriven`} />}
          {error && (
            <Alert color="undo" mt="sm" role="alert">
              After {done}: {error.message}
            </Alert>
          )}
          <Group mt="md">
            <Button type="submit" loading={isPending} disabled={!decider.decision}>
              Redrive them all
            </Button>
            <Button variant="default" onClick={close}>
              No
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}

/** Those that are dead at the beginning, each once: a message that fails again is not retried. */
async function redriveDead(
  service: ServiceName,
  decision: OperatorDecision,
  onDone: (count: number) => void,
): Promise<void> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof lettersOf>> = await lettersOf(service, {
      state: 'dead',
      ...(cursor && { cursor }),
    });
    ids.push(...page.deadLetters.map(({ id }) => id));
    cursor = page.next;
  }
  for (const [at, id] of ids.entries()) {
    await decide(service, id, 'redrive', decision);
    onDone(at + 1);
  }
}
