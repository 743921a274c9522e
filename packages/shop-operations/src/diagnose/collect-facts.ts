import { SERVICES } from '@quadrille/contracts';
import { deadLettersOfAll } from '../dead-letters.js';
import { type Endpoints } from '../endpoints/endpoints.js';
import { request } from '../endpoints/requests.js';
import { tryTimeline } from '../timeline.js';
import type { Facts, Part, ServiceFacts, Workload } from './facts.js';

/** Queries all services concurrently; a missing answer is a fact as well. Needs no database. */
export async function collectFacts(place: Endpoints, orderId: string, now: () => number = Date.now): Promise<Facts> {
  const [{ timeline }, order, { letters }, services] = await Promise.all([
    tryTimeline(place, orderId),
    request(place, 'order', `/orders/${orderId}`),
    deadLettersOfAll(place, { key: orderId }),
    Promise.all(SERVICES.map(async (name) => [name, await healthOf(place, name)] as const)),
  ]);
  return {
    orderId,
    ...(timeline && { timeline }),
    ...(order?.status === 200 && { order: order.body }),
    ...(order?.status === 404 && { order: null }),
    services: Object.fromEntries(services),
    letters,
    now: now(),
  };
}

async function healthOf(place: Endpoints, service: (typeof SERVICES)[number]): Promise<ServiceFacts> {
  const [answer, workload] = await Promise.all([
    request(place, service, '/health/ready'),
    request(place, service, '/workload'),
  ]);
  if (!answer) return { answers: false, parts: {} };
  return {
    answers: true,
    parts: (answer.body?.parts ?? {}) as Record<string, Part>,
    ...(workload?.status === 200 && { workload: workload.body as Workload }),
  };
}
