import { type Choreography, groupOf, servicesOf } from '@quadrille/choreography';
import type { ClusterState } from '@quadrille/kafka';
import { isSeen, type Seen } from '../platform/facts.js';
import type { Missing } from '../saga-timeline.js';
import { span } from '../terminal/span.js';
import type { ReadSaga } from './read-saga.js';
import { isKnown, type ParkedMessage, type SeenFacts } from './service-facts.js';

/** One reason for which a saga does not continue, with the remedy. `under-way`: no error yet. */
export interface SagaFinding {
  readonly level: 'under-way' | 'broken';
  readonly service: string;
  readonly step?: string;
  readonly message: string;
  readonly next: string;
}

/** A message in transit for longer than this is overdue. */
const UNDER_WAY_MS = 10_000;

/** Returns the reasons for which a saga does not continue: one per awaited step, and committed events that are not published. */
export function findingsOf(
  choreography: Choreography,
  { timeline, events, facts }: ReadSaga,
  cluster: Seen<ClusterState>,
  now: number,
): SagaFinding[] {
  const missing = [...(timeline?.awaited ?? []), ...(timeline?.afterwards ?? [])];
  const waiting = servicesOf(choreography.rows).flatMap((service) => unpublished(service, facts.get(service)));
  return [
    ...waiting,
    ...missing.map((each) => {
      const causes = new Set(events.filter(({ at }) => at === each.since).map(({ id }) => id));
      const seen = facts.get(each.service);
      const parked = isKnown(seen)
        ? seen.parked.find(({ step, messageId }) => step === each.step && causes.has(messageId))
        : undefined;
      return parked ? ofParked(each, parked, now) : ofSilence(choreography, each, seen, cluster, now);
    }),
  ];
}

function unpublished(service: string, facts: SeenFacts | undefined): SagaFinding[] {
  if (!isKnown(facts) || facts.unpublished === 0) return [];
  return [
    {
      level: 'broken',
      service,
      message: `${facts.unpublished} events of ${service} are committed and wait in its outbox.`,
      next: `quadrille doctor shows whether a relay holds the shards of ${service}, and whether its topics exist.`,
    },
  ];
}

function ofParked({ step, service }: Missing, parked: ParkedMessage, now: number): SagaFinding {
  const { state, code, cause, attempts, parkedAt } = parked;
  const since = span(now - Date.parse(parkedAt));
  if (state === 'dead') {
    const message = `${step} of ${service} moved the message to the dead letters ${since} ago: ${code}, ${cause}`;
    return {
      level: 'broken',
      service,
      step,
      message,
      next: `Fix the cause, then redrive the dead letter ${parked.id} of ${service}.`,
    };
  }
  if (state === 'queued') {
    const message = `${step} of ${service} waits behind an earlier message of the same key, for ${since}.`;
    return { level: 'broken', service, step, message, next: 'Fix the cause of the earlier message.' };
  }
  const message = `${step} of ${service} failed ${attempts} times since ${since}, and is retried: ${code}, ${cause}`;
  return { level: 'broken', service, step, message, next: 'It continues automatically once the cause is fixed.' };
}

function ofSilence(
  choreography: Choreography,
  { step, service, since }: Missing,
  facts: SeenFacts | undefined,
  cluster: Seen<ClusterState>,
  now: number,
): SagaFinding {
  const waits = `${step} of ${service} has not run for ${span(now - Date.parse(since))}`;
  if (!isSeen(cluster)) {
    return { level: 'broken', service, step, message: `${waits}: ${cluster.cause}`, next: 'Make Kafka reachable.' };
  }
  const name = groupOf(choreography.system, service);
  const group = cluster.groups.find((each) => each.group === name);
  if (!group || group.members === 0) {
    return {
      level: 'broken',
      service,
      step,
      message: `${waits}: the group ${name} has no member.`,
      next: `Start ${service}.`,
    };
  }
  if (facts && !isKnown(facts)) {
    return {
      level: 'broken',
      service,
      step,
      message: `${waits}; its database: ${facts.cause}`,
      next: 'Make its database reachable.',
    };
  }
  const isUnderWay = now - Date.parse(since) < UNDER_WAY_MS;
  const message = `${waits}; the group ${name} has a lag of ${group.lag} records.`;
  const next = isUnderWay ? 'Run doctor again in a moment.' : `Read the log of ${service}.`;
  return { level: isUnderWay ? 'under-way' : 'broken', service, step, message, next };
}
