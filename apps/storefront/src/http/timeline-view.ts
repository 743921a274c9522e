import { z } from 'zod';
import { SAGA_STATES } from '../domain/saga.js';
import type { Link, Missing, Timeline } from '../domain/timeline.js';
import type { EventWithData } from '../persistence/find-saga.js';

const Moment = z.iso.datetime();

export const Awaited = z.object({
  step: z.string(),
  service: z.string(),
  since: Moment.describe('Time of the event that the step handles.'),
});

const MissingView = Awaited.extend({
  givenUp: z
    .object({ eventId: z.uuid(), code: z.string(), cause: z.string(), at: Moment })
    .nullable()
    .describe('Set if the message is a dead letter of the service, waiting for an operator.'),
});

const LinkView = z.object({
  step: z.string(),
  service: z.string(),
  event: z.string(),
  eventId: z.uuid(),
  at: Moment,
  writtenAt: Moment.nullable().describe(
    'Time at which the record was written to its topic; null for records read by versions that did not store it.',
  ),
  record: z
    .object({ topic: z.string(), partition: z.int(), offset: z.string() })
    .describe('The record in Kafka; the offset is a 64-bit number in decimal.'),
  triggeredBy: z
    .union([
      z.object({ eventId: z.uuid(), event: z.string().nullable(), step: z.string().nullable() }),
      z.object({ request: z.string() }),
      z.object({ deadline: z.string() }),
    ])
    .describe('The handled event (name and step are null until it is read), or the command or deadline.'),
  headers: z.record(z.string(), z.string()).nullable().describe('Headers of the record.'),
  data: z.unknown(),
});

/** The response of `GET /timeline/:orderId`. */
export const TimelineView = z.object({
  orderId: z.uuid(),
  state: z.enum(SAGA_STATES),
  outcome: z.enum(SAGA_STATES).exclude(['running', 'compensating']).nullable(),
  startedAt: Moment,
  endedAt: Moment.nullable(),
  links: z.array(LinkView).describe('The events, each after its cause.'),
  awaited: z.array(MissingView).describe('The steps that the ending waits for; the one closest to the ending first.'),
  afterwards: z.array(MissingView).describe('Follow-up steps that have not emitted yet.'),
});
export type TimelineView = z.infer<typeof TimelineView>;

/** A timeline in the API. */
export const viewOf = (orderId: string, timeline: Timeline<EventWithData>): TimelineView => ({
  orderId,
  state: timeline.state,
  outcome: timeline.outcome as TimelineView['outcome'],
  startedAt: timeline.startedAt,
  endedAt: timeline.endedAt,
  links: timeline.links.map(linkView),
  awaited: timeline.awaited.map(missingView),
  afterwards: timeline.afterwards.map(missingView),
});

const linkView = ({
  step,
  service,
  type,
  eventId,
  at,
  topic,
  partition,
  offset,
  triggeredBy,
  data,
  headers,
  writtenAt,
}: Link<EventWithData>) => ({
  step,
  service,
  event: type,
  eventId,
  at,
  writtenAt,
  record: { topic, partition, offset },
  triggeredBy,
  headers,
  data,
});

const missingView = ({ step, service, since, givenUp }: Missing) => ({
  step,
  service,
  since,
  givenUp: givenUp && { eventId: givenUp.eventId, code: givenUp.code, cause: givenUp.cause, at: givenUp.at },
});
