import type { Row } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { causalOrder } from './causal-order.js';
import type { KnownEvent } from './known-event.js';
import { type Awaited, type SagaState, sagaOf } from './saga.js';

/** The trigger of a step: the handled event, with its origin if that is known, or the command or deadline. */
type Trigger =
  | { readonly eventId: string; readonly event: string | null; readonly step: string | null }
  | { readonly request: string }
  | { readonly deadline: string };

/** One event of the timeline with its trigger. */
export type Link<E extends KnownEvent> = E & { readonly triggeredBy: Trigger };

/** A dead letter of a service. */
export interface GivenUp {
  readonly step: string;
  readonly eventId: string;
  readonly code: string;
  readonly cause: string;
  readonly at: string;
}

/** An awaited step, with its dead letter if one is known. */
export type Missing = Awaited & { readonly givenUp: GivenUp | null };

/** The events of one saga, in causal order, with the awaited steps. */
export interface Timeline<E extends KnownEvent> {
  readonly state: SagaState;
  /** The outcome in the table's words; null until it has ended. */
  readonly outcome: SagaState | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly links: readonly Link<E>[];
  readonly awaited: readonly Missing[];
  readonly afterwards: readonly Missing[];
}

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(checkout.rows));

/** Builds the timeline of a saga. Throws for an unknown saga. */
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
    return payload.kind === 'command' ? { request: payload.request } : { deadline: payload.label };
  }
  const cause = causationId === null ? undefined : byId.get(causationId);
  return { eventId: causationId ?? '', event: cause?.type ?? null, step: cause?.step ?? null };
}
