import { ask, demand, nobodyAnswers } from './endpoints/asking.js';
import type { Endpoints } from './endpoints/endpoints.js';
import { Refusal } from './terminal/acting.js';

/** An event of a saga, with its evidence. */
export interface Link {
  readonly step: string;
  readonly service: string;
  readonly event: string;
  readonly eventId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: string };
  readonly triggeredBy:
    | { readonly eventId: string; readonly event: string | null; readonly step: string | null }
    | { readonly request: string }
    | { readonly clock: string };
}

/** A step that has not spoken yet. */
export interface Missing {
  readonly step: string;
  readonly service: string;
  /** ISO 8601: when the event happened that it hears. */
  readonly since: string;
  /** Set when its service has told that it gave the message up. */
  readonly givenUp: { readonly code: string; readonly cause: string; readonly at: string } | null;
}

/** What the storefront tells of a saga: `GET /timeline/:orderId`. */
export interface Timeline {
  readonly orderId: string;
  readonly state: string;
  /** COMPLETED or CANCELLED; null while it has not ended. */
  readonly outcome: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly links: readonly Link[];
  readonly awaited: readonly Missing[];
  readonly afterwards: readonly Missing[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of an order as it was typed. Throws a {@link Refusal} when it cannot be one. */
export function orderIdOf(text: string): string {
  if (UUID.test(text)) return text.toLowerCase();
  throw new Refusal(`${JSON.stringify(text)} is no order id; take the orderId that POST /orders answered.`);
}

/** The timeline of an order; undefined while the storefront has read nothing of it. Throws a {@link Refusal} when nobody answers. */
export async function readTimeline(place: Endpoints, orderId: string): Promise<Timeline | undefined> {
  const { status, body } = await demand(place, 'storefront', `/timeline/${orderId}`, { allowed: [404] });
  return status === 404 ? undefined : (body as Timeline);
}

/** The same, when it is no refusal that nobody answers: undefined as well, and in words why. */
export async function tryTimeline(place: Endpoints, orderId: string): Promise<{ timeline?: Timeline; why?: string }> {
  const answer = await ask(place, 'storefront', `/timeline/${orderId}`);
  if (!answer) return { why: nobodyAnswers(place, 'storefront') };
  if (answer.status === 200) return { timeline: answer.body as Timeline };
  if (answer.status === 404) return {};
  return { why: `The storefront refused (${answer.status}): ${answer.body?.detail ?? 'it gave no reason'}` };
}
