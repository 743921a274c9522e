import type { ServiceName } from '@quadrille/contracts';
import type { Missing } from '@quadrille/operate/saga-timeline';
import { span } from '@quadrille/operate/terminal/span';
import type { DeadLetterOf } from '../dead-letters.js';
import type { Cause, Facts, Finding, ServiceFacts, Workload } from './facts.js';
import { MEANINGS } from './meanings.js';

/** Longer than a step usually takes, and than a service needs to come back from a rebalance. */
const USUAL_MS = 5_000;
const PROVIDER = 'payment-provider';

/** Why a step has not spoken, the surest sign first: what its service says of the message, then how the service is. */
export function whySilent(missing: Missing, facts: Facts): Finding {
  const { step, service, since } = missing;
  const { services, letters, orderId, now } = facts;
  const known = services[service as ServiceName];
  const numbers = numbersOf(known?.workload);
  const say = (cause: Cause, says: string, next: string): Finding => ({
    ...{ cause, step, service, since, says, next },
    ...(numbers && { numbers }),
  });
  if (!known?.answers) {
    const next = `Start ${service} again; the order goes on by itself.`;
    return say('service-down', `${service} does not answer, so no instance processes ${step}.`, next);
  }
  const own = letters.filter((letter) => letter.service === service);
  const [cause, says, next] =
    ofLetters(own, service, services) ??
    ofService(known, service) ??
    ofRelay(known, service) ??
    ofTime(missing, now, orderId, known);
  return say(cause, says, next);
}

/** What waits there, as far as anything does. */
function numbersOf(workload: Workload | undefined): Finding['numbers'] {
  const lag = Object.entries(workload?.lag ?? {}).filter(([, records]) => records > 0);
  const rows = workload?.outbox?.rows ?? 0;
  if (lag.length === 0 && rows === 0) return undefined;
  return {
    ...(lag.length > 0 && { lag: Object.fromEntries(lag) }),
    ...(rows > 0 && { outboxRows: rows, outboxOldestSeconds: workload!.outbox!.oldestAgeSeconds }),
  };
}

type Reason = readonly [cause: Cause, says: string, next: string];

/** The first of a key holds up the others. */
function ofLetters(letters: readonly DeadLetterOf[], service: string, services: Facts['services']): Reason | undefined {
  const first = letters.find(({ state }) => state !== 'queued') ?? letters[0];
  if (!first) return undefined;
  const { id, step, state, code, cause, attempts, dueAt } = first;
  const why = `${code}: ${cause.split('\n', 1)[0]}`;
  const meaning = MEANINGS[code];
  if (state === 'dead') {
    const mend = meaning ? `${meaning.mend}, then` : 'Mend the cause, then';
    const next = `${mend}: quadrille dead-letters redrive ${id} --service ${service} --reason "…" (or discard it).`;
    const gaveUp = `${service} gave up ${step} after ${attempts} attempts, dead letter ${id} (${why}).`;
    return ['dead-letter', meaning ? `${gaveUp} ${meaning.means}` : gaveUp, next];
  }
  if (state === 'queued') {
    const next = `Look at the earlier one: quadrille dead-letters list --service ${service}.`;
    return ['queued', `In ${service} the message waits behind an earlier one of this order.`, next];
  }
  const again = dueAt === null ? '' : `, next at ${dueAt}`;
  if (code === 'outside-unavailable') {
    const next = providerDown(services)
      ? `Start ${PROVIDER} again; ${service} tries again by itself.`
      : `Nothing to do: ${service} tries again by itself until the other side answers.`;
    return ['provider-away', `${service} does not reach the outside world for ${step} (${why})${again}.`, next];
  }
  const failed = `${step} failed ${attempts} times in ${service} (${why})${again}.`;
  const says = meaning ? `${failed} ${meaning.means}` : failed;
  if (code === 'locked') return ['retrying', says, `${meaning!.mend}; ${service} tries again by itself, without end.`];
  const next = `Look into the log of ${service}: it tries again by itself, and gives up when that does not help.`;
  return ['retrying', says, next];
}

/** Fewer may be a hiccup. */
const FAILING_AFTER_ATTEMPTS = 5;

const providerDown = (services: Facts['services']): boolean => services[PROVIDER]?.answers === false;

function ofService({ parts }: ServiceFacts, service: string): Reason | undefined {
  const { database, consumer } = parts;
  if (database && !database.ok) {
    const next = `Bring the database of ${service} back; the order goes on by itself.`;
    return ['database-away', `The database of ${service} does not answer.`, next];
  }
  const open = Object.entries(parts).find(([, part]) => part.circuit === 'open');
  if (open) {
    const [name] = open;
    return [
      'provider-away',
      `${service} does not ask ${name} at the moment, because it failed too often.`,
      `See whether ${name} runs; ${service} tries again by itself.`,
    ];
  }
  if (consumer && !consumer.ok) {
    const how = consumer.wedged ? 'wedged' : String(consumer.state);
    return [
      'not-consuming',
      `The consumer of ${service} is ${how}: it takes nothing from its topics.`,
      `See that Kafka runs and read the log of ${service}; when it does not come back, restart ${service}.`,
    ];
  }
  const batch = consumer?.failingBatch as { attempts: number; places: string[]; error: string } | undefined;
  if (batch && batch.attempts >= FAILING_AFTER_ATTEMPTS) {
    return [
      'not-consuming',
      `${service} tried the same batch ${batch.attempts} times (${batch.error}): ${batch.places.join(', ')}.`,
      `Mend what the cause names; ${service} tries again by itself.`,
    ];
  }
  if (consumer?.assigned === 0) {
    return [
      'not-consuming',
      `${service} has no partition: its group is being rebalanced, or other instances have them all.`,
      `Ask again in some seconds; then look at the other instances of ${service}.`,
    ];
  }
  return undefined;
}

/** It may have spoken without being heard: what is said waits in its outbox. */
export function ofRelay({ parts, workload }: ServiceFacts, service: string): Reason | undefined {
  const { relay } = parts;
  const waiting = outboxInWords(workload);
  if (!relay) return undefined;
  if (relay.paused) {
    const next = `Let it go on: PUT /control/relay of ${service} with {"paused":false}.`;
    return ['not-relayed', `The relay of ${service} is paused: what it says stays in its outbox${waiting}.`, next];
  }
  if (Number(relay.consecutiveFailures) > 0) {
    return [
      'not-relayed',
      `The relay of ${service} failed ${relay.consecutiveFailures} times in a row: what it says stays in its outbox${waiting}.`,
      `See that Kafka runs and read the log of ${service}; the outbox is sent as soon as Kafka takes it.`,
    ];
  }
  return undefined;
}

const outboxInWords = (workload: Workload | undefined): string => {
  const { rows = 0, oldestAgeSeconds = 0 } = workload?.outbox ?? {};
  return rows === 0 ? '' : ` (${rows} rows, the oldest for ${span(oldestAgeSeconds * 1_000)})`;
};

function ofTime(
  { step, service, since }: Missing,
  now: number,
  orderId: string,
  { parts, workload }: ServiceFacts,
): Reason {
  const waits = now - Date.parse(since);
  if (waits < USUAL_MS) {
    return [
      'under-way',
      `${step} of ${service} is under way since ${span(waits)}.`,
      'Nothing to do: ask again in a moment.',
    ];
  }
  const inFlight = Number(parts.consumer?.inFlight ?? 0);
  const lag = Object.entries(workload?.lag ?? {}).filter(([, records]) => records > 0);
  if (lag.length > 0) {
    const behind = lag.map(([topic, records]) => `${records} of ${topic}`).join(', ');
    return [
      'behind',
      `${service} is behind: its group has not taken ${behind}, with ${inFlight} records in hand; ${step} waits for ${span(waits)}.`,
      `Wait while the numbers fall. When they do not, read the log of ${service}, or start another instance of it.`,
    ];
  }
  const busy = inFlight > 0 ? `, with ${inFlight} records in hand` : '';
  return [
    'silent',
    `${service} is well${busy}, but has not said anything about ${step} for ${span(waits)}: its topic is held, or it has said nothing on purpose.`,
    `See the log of ${service} for ${orderId}.`,
  ];
}
