import type { Diagnosis, Facts, Finding } from './facts.js';
import { ofRelay, whySilent } from './why-silent.js';

const ENDED = new Set(['COMPLETED', 'CANCELLED']);
/** The storefront reads published events within this time. */
const READ_WITHIN_MS = 5_000;

/** Returns the steps that an order waits for, each with the reason and the remedy. */
export function diagnose(facts: Facts): Diagnosis {
  const { orderId, timeline, order } = facts;
  const state = timeline?.state ?? order?.status ?? 'unknown';
  if (!timeline) return { orderId, state, findings: [unread(facts)] };
  if (timeline.outcome === null && order && ENDED.has(order.status)) {
    return { orderId, state: order.status, findings: [unread(facts)] };
  }
  const findings = [...timeline.awaited, ...timeline.afterwards].map((missing) => whySilent(missing, facts));
  return { orderId, state, findings };
}

/** Whether a finding needs an operator; a step that is only under way does not. */
export const isTroubled = ({ findings }: Diagnosis): boolean => findings.some(({ cause }) => cause !== 'under-way');

/** Explains events that the storefront does not have: they pass the relay of the order service and the consumer of the storefront. */
function unread({ orderId, order, services, now }: Facts): Finding {
  const { order: speaker, storefront } = services;
  if (order === null) {
    return {
      cause: 'unknown-order',
      service: 'order',
      message: `The order service has no order ${orderId}.`,
      next: 'Check the id: it is the orderId in the response of POST /orders.',
    };
  }
  if (!speaker?.answers || order === undefined) {
    return {
      cause: 'service-down',
      service: 'order',
      message: `order does not answer, and the storefront has read no event of the order ${orderId}.`,
      next: 'Start order again; accepted orders continue automatically.',
    };
  }
  const relay = ofRelay(speaker, 'order');
  if (relay) return { cause: relay[0], service: 'order', message: relay[1], next: relay[2] };
  if (!storefront?.answers) {
    return {
      cause: 'service-down',
      service: 'storefront',
      message: `The order is ${order.status}; the storefront, which shows the timelines, does not answer.`,
      next: 'Start storefront again; it reads the missed events.',
    };
  }
  if (order.placedAt && now - Date.parse(order.placedAt) < READ_WITHIN_MS) {
    const message = `The order is ${order.status}; the storefront is about to read it.`;
    return { cause: 'under-way', service: 'storefront', message, next: 'Nothing to do: check again in a moment.' };
  }
  return {
    cause: 'unread',
    service: 'storefront',
    message: `The order is ${order.status}, but the storefront has not read all of it.`,
    next: 'Check again in some seconds; then see /health/ready and the log of storefront.',
  };
}
