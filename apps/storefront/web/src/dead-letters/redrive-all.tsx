import { Alert, Button, Group, Modal, Progress, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ServiceName } from '@quadrille/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DeciderFields, useDecider } from './decider.js';
import { decide, lettersOf, type Said } from './letters.js';
import { rememberOperator } from './operator.js';

/** Redrives everything of a service that waits for an operator, one after the other: for the day a bug is mended. */
export function RedriveAll({ service }: { readonly service: ServiceName }) {
  const [opened, { open, close }] = useDisclosure(false);
  const decider = useDecider();
  const [done, setDone] = useState(0);
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (said: Said) => redriveDead(service, said, setDone),
    onSuccess: (_, { by }) => {
      rememberOperator(by);
      close();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['dead-letters', service] }),
  });
  return (
    <>
      <Button size="xs" onClick={open}>
        Redrive all that wait for you…
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
            if (decider.said) mutate(decider.said);
          }}
        >
          <Text size="sm" mb="sm">
            One after the other, the oldest first; what waits behind one follows in order. What fails again comes back.
          </Text>
          <DeciderFields decider={decider} kept="Kept with each message" />
          {isPending && <Progress value={100} animated mt="md" aria-label={`${done} are redriven`} />}
          {error && (
            <Alert color="undo" mt="sm" role="alert">
              After {done}: {error.message}
            </Alert>
          )}
          <Group mt="md">
            <Button type="submit" loading={isPending} disabled={!decider.said}>
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

/** Those that are dead at the beginning, and no one twice: what fails again is not tried for ever. */
async function redriveDead(service: ServiceName, said: Said, onDone: (count: number) => void): Promise<void> {
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
    await decide(service, id, 'redrive', said);
    onDone(at + 1);
  }
}
