import { Alert, Anchor, Text } from '@mantine/core';
import type { ServiceName } from '@quadrille/contracts';
import { IconHourglass, IconMailExclamation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { moment, span, wordsOf } from '../look/words.js';
import { Problem } from '../talking/problem.js';
import { request } from '../talking/request.js';
import type { Missing } from './timeline.js';

/** Typical sagas are faster; a step awaited for longer may be unavailable. */
const LONG_MS = 2_500;
const POLL_MS = 3_000;

/** The awaited step, its time and its problem; nothing while the saga progresses fast. */
export function AwaitedNotice({ awaited, now }: { readonly awaited: readonly Missing[]; readonly now: number }) {
  const [first] = awaited;
  if (!first) return null;
  if (first.givenUp) return <GivenUpNotice missing={first} />;
  const waited = now - Date.parse(first.since);
  return waited < LONG_MS ? null : <LateNotice missing={first} waited={waited} />;
}

function LateNotice({ missing, waited }: { readonly missing: Missing; readonly waited: number }) {
  const health = useQuery({
    queryKey: ['health', missing.service],
    queryFn: ({ signal }) => request<unknown>(missing.service as ServiceName, '/health/ready', { signal }),
    refetchInterval: POLL_MS,
  });
  const { failureReason } = health;
  const away = failureReason instanceof Problem && failureReason.passes;
  return (
    <Alert color="gray" variant="light" icon={<IconHourglass aria-hidden />} title={`Waiting for ${missing.service}`}>
      {missing.service} has to speak ({wordsOf(missing.step)}) since {moment(missing.since)}, for {span(waited)}.{' '}
      {away
        ? `It does not answer at the moment. No event is lost: its messages wait on their topic, and it continues when it is back.`
        : 'Its messages wait on their topic until it consumes them.'}
    </Alert>
  );
}

function GivenUpNotice({ missing }: { readonly missing: Missing }) {
  const { givenUp, service, step } = missing;
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
