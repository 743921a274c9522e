import { checkout } from '@quadrille/contracts';
import { eventually } from './eventually.js';
import type { Stack } from './stack.js';

const AFTERWARDS = new Set(
  Object.entries(checkout.rows).flatMap(([step, row]) => ('role' in row && row.role === 'follow-up' ? [step] : [])),
);

/** The storefront's timeline of an order: the events in causal order. */
export interface TimelineEvent {
  readonly state: string;
  readonly outcome: string | null;
  readonly links: readonly {
    readonly step: string;
    readonly event: string;
    readonly eventId: string;
    /** The time of the event, ISO 8601. */
    readonly at: string;
    readonly record: { readonly topic: string };
  }[];
  /** The steps that the saga waits for. */
  readonly awaited: readonly {
    readonly step: string;
    readonly service: string;
    /** Set if the service waits for an operator. */
    readonly givenUp: { readonly code: string } | null;
  }[];
}

const NOTHING: TimelineEvent = { state: 'unknown', outcome: null, links: [], awaited: [] };

/** The current timeline; without events if the storefront has none of the order. */
export async function timelineOf({ system }: Stack, orderId: string): Promise<TimelineEvent> {
  const response = await fetch(`${system.urls.storefront}/timeline/${orderId}`);
  if (response.status === 404) return NOTHING;
  if (!response.ok) throw new Error(`The timeline of ${orderId} was answered ${response.status}.`);
  return (await response.json()) as TimelineEvent;
}

/** The observed events of the saga, without follow-up steps. */
export const eventsSeen = ({ links }: TimelineEvent): string[] =>
  links.filter(({ step }) => !AFTERWARDS.has(step)).map(({ event }) => event);

/** Waits until that many events of the saga were observed, and returns their names. */
export async function untilSeen(stack: Stack, orderId: string, count: number): Promise<string[]> {
  const timeline = await eventually(
    `Event ${count} of order ${orderId}`,
    () => timelineOf(stack, orderId),
    (each) => eventsSeen(each).length >= count,
  );
  return eventsSeen(timeline);
}

/** Waits until the order service has published the request to cancel the order. */
export const untilGivenUp = (stack: Stack, orderId: string): Promise<TimelineEvent> =>
  eventually(
    `The cancellation of order ${orderId}`,
    () => timelineOf(stack, orderId),
    (timeline) => eventsSeen(timeline).includes('OrderCancellationRequested'),
  );

/** Waits for the end of the order and returns the ending. */
export async function untilEnded({ shop }: Pick<Stack, 'shop'>, orderId: string, withinMs?: number): Promise<string> {
  const { body } = await eventually(
    `The end of order ${orderId}`,
    () => shop.order(orderId),
    (answer) => ['COMPLETED', 'CANCELLED'].includes(answer.body.status),
    withinMs,
  );
  return body.status;
}
