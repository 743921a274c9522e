import type { Row } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { causalOrder } from './causal-order.js';
import type { KnownEvent } from './known-event.js';
import { type Awaited, type SagaState, sagaOf } from './saga.js';

/** What made a step act: the event it heard, with where that came from if it is known; or who began. */
type Trigger =
  | { readonly eventId: string; readonly event: string | null; readonly step: string | null }
  | { readonly request: string }
  | { readonly clock: string };

/** One link of the evidence. */
export type Link<E extends KnownEvent> = E & { readonly triggeredBy: Trigger };

/** What a service gave up, and waits with for an operator. */
export interface GivenUp {
  readonly step: string;
  readonly eventId: string;
  readonly code: string;
  readonly cause: string;
  readonly at: string;
}

/** A step that is awaited, with why it does not come, if its service said so. */
export type Missing = Awaited & { readonly givenUp: GivenUp | null };

/** The chain of evidence of one saga, in causal order. */
export interface Timeline<E extends KnownEvent> {
  readonly state: SagaState;
  /** The word for how it ended; null while it has not. */
  readonly outcome: SagaState | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly links: readonly Link<E>[];
  readonly awaited: readonly Missing[];
  readonly afterwards: readonly Missing[];
}

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(checkout.rows));

/** Puts the evidence of a saga together. Throws when nothing is known of it. */
export function timelineOf<E extends KnownEvent>(known: readonly E[], givenUp: readonly GivenUp[]): Timeline<E> {
  const { state, startedAt, endedAt, awaited, afterwards } = sagaOf(known);
  const byId = new Map(known.map((event) => [event.eventId, event]));
  const missing = (each: Awaited): Missing => ({
    ...each,
    givenUp: givenUp.find(({ step }) => step === each.step) ?? null,
  });
  return {
    state,
    outcome: endedAt === null ? null : state,
    startedAt,
    endedAt,
    links: causalOrder(known).map(({ eventId }) => {
      const event = byId.get(eventId)!;
      return { ...event, triggeredBy: triggerOf(event, byId) };
    }),
    awaited: awaited.map(missing),
    afterwards: afterwards.map(missing),
  };
}

function triggerOf({ causationId, step }: KnownEvent, byId: ReadonlyMap<string, KnownEvent>): Trigger {
  const payload = rows.get(step)?.handles;
  if (causationId === null && payload && 'kind' in payload) {
    return payload.kind === 'command' ? { request: payload.request } : { clock: payload.label };
  }
  const cause = causationId === null ? undefined : byId.get(causationId);
  return { eventId: causationId ?? '', event: cause?.type ?? null, step: cause?.step ?? null };
}
