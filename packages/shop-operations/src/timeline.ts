import type { SagaTimeline } from '@quadrille/operate/saga-timeline';
import { Refusal } from '@quadrille/operate/terminal/acting';
import type { Endpoints } from './endpoints/endpoints.js';
import { demand, noAnswerOf, request } from './endpoints/requests.js';

/** A saga in the response of the storefront: `GET /timeline/:orderId`. */
export interface Timeline extends SagaTimeline {
  readonly orderId: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Validates the id of an order. Throws a {@link Refusal} for an invalid one. */
export function orderIdOf(text: string): string {
  if (UUID.test(text)) return text.toLowerCase();
  throw new Refusal(`${JSON.stringify(text)} is no order id; use the orderId in the response of POST /orders.`);
}

/** Returns the timeline of an order; undefined while the storefront has read no event of it. Throws a {@link Refusal} without an answer. */
export async function readTimeline(place: Endpoints, orderId: string): Promise<Timeline | undefined> {
  const { status, body } = await demand(place, 'storefront', `/timeline/${orderId}`, { allowed: [404] });
  return status === 404 ? undefined : (body as Timeline);
}

/** Like {@link readTimeline}, but a missing answer is returned as `why`. */
export async function tryTimeline(place: Endpoints, orderId: string): Promise<{ timeline?: Timeline; why?: string }> {
  const answer = await request(place, 'storefront', `/timeline/${orderId}`);
  if (!answer) return { why: noAnswerOf(place, 'storefront') };
  if (answer.status === 200) return { timeline: answer.body as Timeline };
  if (answer.status === 404) return {};
  return { why: `The storefront refused (${answer.status}): ${answer.body?.detail ?? 'it gave no reason'}` };
}
