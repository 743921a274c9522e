import { Alert, Anchor, Text } from '@mantine/core';
import type { ServiceName } from '@quadrille/contracts';
import { IconHourglass, IconMailExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Problem } from '../api/problem.js';
import { request } from '../api/request.js';
import { moment, span, wordsOf } from '../ui/format.js';
import type { AwaitedStep } from './timeline.js';

/** Typical sagas are faster; a step awaited for longer may be unavailable. */
const LONG_MS = 2_500;
const POLL_MS = 3_000;

/** The awaited step, its time and its problem; nothing while the saga progresses fast. */
export function AwaitedNotice({ awaited, now }: { readonly awaited: readonly AwaitedStep[]; readonly now: number }) {
  const [first] = awaited;
  if (!first) return null;
  if (first.givenUp) return <DeadLetterNotice awaitedStep={first} />;
  const waited = now - Date.parse(first.since);
  return waited < LONG_MS ? null : <LateNotice awaitedStep={first} waited={waited} />;
}

function LateNotice({ awaitedStep, waited }: { readonly awaitedStep: AwaitedStep; readonly waited: number }) {
  const { service, step, since } = awaitedStep;
  const health = useQuery({
    queryKey: ['health', service],
    queryFn: ({ signal }) => request<unknown>(service as ServiceName, '/health/ready', { signal }),
    refetchInterval: POLL_MS,
  });
  const { failureReason } = health;
  const away = failureReason instanceof Problem && failureReason.isTransient;
  return (
    <Alert color="gray" variant="light" icon={<IconHourglass aria-hidden />} title={`Waiting for ${service}`}>
      The step {wordsOf(step)} has been awaited since {moment(since)}, for {span(waited)}.{' '}
      {away
        ? 'The service does not respond. No event is lost: its messages wait on their topics until it runs again.'
        : 'Its messages wait on their topics until it consumes them.'}
    </Alert>
  );
}

function DeadLetterNotice({ awaitedStep }: { readonly awaitedStep: AwaitedStep }) {
  const { givenUp, service, step } = awaitedStep;
  return (
    <Alert
      color="undo"
      variant="light"
      icon={<IconMailExclamation aria-hidden />}
      title={`${service} cannot process an event (${wordsOf(step)})`}
    >
      <Text size="sm">{givenUp!.cause}</Text>
      <Anchor component={Link} to="/dead-letters" size="sm">
        It is a dead letter, waiting for the decision of an operator.
      </Anchor>
    </Alert>
  );
}
