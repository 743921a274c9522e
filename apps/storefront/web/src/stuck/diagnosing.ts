import { SAGA_SERVICES, SERVICES, type ServiceName } from '@quadrille/contracts';
import {
  type Diagnosis,
  diagnose,
  type Facts,
  type Part,
  type ServiceFacts,
} from '@quadrille/shop-operations/diagnosis';
import { Problem } from '../api/problem.js';
import { request, urlOf } from '../api/request.js';
import { lettersOf } from '../dead-letters/letters.js';

/** Queries all services about an order, and returns the same diagnosis as `npx quadrille doctor`. */
export async function diagnoseOrder(orderId: string): Promise<Diagnosis> {
  const [timeline, order, letters, services] = await Promise.all([
    answered(request<Facts['timeline']>('storefront', `/timeline/${orderId}`)),
    answered(request<Facts['order']>('order', `/orders/${orderId}`)),
    Promise.all(SAGA_SERVICES.map((service) => ofService(service, orderId))),
    Promise.all(SERVICES.map(async (service) => [service, await healthOf(service)] as const)),
  ]);
  return diagnose({
    orderId,
    ...(timeline.body && { timeline: timeline.body }),
    ...(order.body && { order: order.body }),
    ...(order.status === 404 && { order: null }),
    services: Object.fromEntries(services),
    letters: letters.flat(),
    now: Date.now(),
  });
}

async function ofService(service: ServiceName, key: string): Promise<Facts['letters']> {
  const { body } = await answered(lettersOf(service, { key }));
  return (body?.deadLetters ?? []).map((letter) => ({ service, ...letter })) as Facts['letters'];
}

/** An unhealthy service answers 503 with its components: only its availability matters here. */
async function healthOf(service: ServiceName): Promise<ServiceFacts> {
  const body = await fetch(urlOf(service, '/health/ready')).then(
    (response) => response.json() as Promise<{ parts?: Record<string, Part> }>,
    () => undefined,
  );
  return { answers: body?.parts !== undefined, parts: body?.parts ?? {} };
}

interface Answered<Body> {
  readonly status: number;
  readonly body?: Body;
}

async function answered<Body>(request: Promise<Body>): Promise<Answered<Body>> {
  try {
    return { status: 200, body: await request };
  } catch (error) {
    if (error instanceof Problem) return { status: error.status };
    throw error;
  }
}
