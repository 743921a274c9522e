import type { ServiceName } from '@quadrille/contracts';
import type { Missing } from '@quadrille/operate/saga-timeline';
import { span } from '@quadrille/operate/terminal/span';
import type { DeadLetterOf } from '../dead-letters.js';
import type { Cause, Facts, Finding, ServiceFacts, Workload } from './facts.js';
import { MEANINGS } from './meanings.js';

/** Longer than the usual duration of a step, and of a rebalance. */
const USUAL_MS = 5_000;
const PROVIDER = 'payment-provider';

/** Explains a step without an event. The most specific sign comes first: the dead letters of its service, then the health of the service. */
export function whySilent(missing: Missing, facts: Facts): Finding {
  const { step, service, since } = missing;
  const { services, letters, orderId, now } = facts;
  const known = services[service as ServiceName];
  const numbers = numbersOf(known?.workload);
  const findingOf = (cause: Cause, message: string, next: string): Finding => ({
    ...{ cause, step, service, since, message, next },
    ...(numbers && { numbers }),
  });
  if (!known?.answers) {
    const next = `Start ${service} again; the order continues automatically.`;
    return findingOf('service-down', `${service} does not answer, so no instance processes ${step}.`, next);
  }
  const own = letters.filter((letter) => letter.service === service);
  const [cause, message, next] =
    ofLetters(own, service, services) ??
    ofService(known, service) ??
    ofRelay(known, service) ??
    ofTime(missing, now, orderId, known);
  return findingOf(cause, message, next);
}

/** The backlog of a service; undefined without one. */
function numbersOf(workload: Workload | undefined): Finding['numbers'] {
  const lag = Object.entries(workload?.lag ?? {}).filter(([, records]) => records > 0);
  const rows = workload?.outbox?.rows ?? 0;
  if (lag.length === 0 && rows === 0) return undefined;
  return {
    ...(lag.length > 0 && { lag: Object.fromEntries(lag) }),
    ...(rows > 0 && { outboxRows: rows, outboxOldestSeconds: workload!.outbox!.oldestAgeSeconds }),
  };
}

type Reason = readonly [cause: Cause, message: string, next: string];

/** The first message of a key blocks the others. */
function ofLetters(letters: readonly DeadLetterOf[], service: string, services: Facts['services']): Reason | undefined {
  const first = letters.find(({ state }) => state !== 'queued') ?? letters[0];
  if (!first) return undefined;
  const { id, step, state, code, cause, attempts, dueAt } = first;
  const why = `${code}: ${cause.split('\n', 1)[0]}`;
  const meaning = MEANINGS[code];
  if (state === 'dead') {
    const mend = meaning ? `${meaning.mend}, then` : 'Fix the cause, then';
    const next = `${mend}: quadrille dead-letters redrive ${id} --service ${service} --reason "…" (or discard it).`;
    const gaveUp = `${service} gave up ${step} after ${attempts} attempts, dead letter ${id} (${why}).`;
    return ['dead-letter', meaning ? `${gaveUp} ${meaning.means}` : gaveUp, next];
  }
  if (state === 'queued') {
    const next = `Look at the earlier one: quadrille dead-letters list --service ${service}.`;
    return ['queued', `In ${service} the message waits behind an earlier one of this order.`, next];
  }
  const again = dueAt === null ? '' : `, next at ${dueAt}`;
  if (code === 'gateway-unavailable') {
    const next = providerDown(services)
      ? `Start ${PROVIDER} again; ${service} retries automatically.`
      : `Nothing to do: ${service} retries automatically until its gateway answers.`;
    return ['gateway-unavailable', `${service} cannot reach its gateway for ${step} (${why})${again}.`, next];
  }
  const failed = `${step} failed ${attempts} times in ${service} (${why})${again}.`;
  const message = meaning ? `${failed} ${meaning.means}` : failed;
  if (code === 'locked')
    return ['retrying', message, `${meaning!.mend}; ${service} retries automatically, without a limit.`];
  const next = `Read the log of ${service}: it retries automatically a few times, then the message becomes a dead letter.`;
  return ['retrying', message, next];
}

/** Fewer failures may be temporary. */
const FAILING_AFTER_ATTEMPTS = 5;

const providerDown = (services: Facts['services']): boolean => services[PROVIDER]?.answers === false;

function ofService({ parts }: ServiceFacts, service: string): Reason | undefined {
  const { database, consumer } = parts;
  if (database && !database.ok) {
    const next = `Bring the database of ${service} back; the order continues automatically.`;
    return ['database-unavailable', `The database of ${service} does not answer.`, next];
  }
  const open = Object.entries(parts).find(([, part]) => part.circuit === 'open');
  if (open) {
    const [name] = open;
    return [
      'gateway-unavailable',
      `${service} does not call ${name} at the moment, because too many calls failed.`,
      `Check that ${name} runs; ${service} retries automatically.`,
    ];
  }
  if (consumer && !consumer.ok) {
    const how = consumer.stalled ? 'stalled' : String(consumer.state);
    return [
      'not-consuming',
      `The consumer of ${service} is ${how}: it consumes no records.`,
      `Check that Kafka runs, and read the log of ${service}; if it does not recover, restart ${service}.`,
    ];
  }
  const batch = consumer?.failingBatch as { attempts: number; places: string[]; error: string } | undefined;
  if (batch && batch.attempts >= FAILING_AFTER_ATTEMPTS) {
    return [
      'not-consuming',
      `${service} tried the same batch ${batch.attempts} times (${batch.error}): ${batch.places.join(', ')}.`,
      `Fix the cause; ${service} retries automatically.`,
    ];
  }
  if (consumer?.assigned === 0) {
    return [
      'not-consuming',
      `${service} has no partition: its group is being rebalanced, or other instances have all partitions.`,
      `Check again in some seconds; then check the other instances of ${service}.`,
    ];
  }
  return undefined;
}

/** The step may have emitted an event that is not published yet, and waits in the outbox. */
export function ofRelay({ parts, workload }: ServiceFacts, service: string): Reason | undefined {
  const { relay } = parts;
  const waiting = outboxInWords(workload);
  if (!relay) return undefined;
  if (relay.paused) {
    const next = `Resume it: PUT /control/relay of ${service} with {"paused":false}.`;
    return ['not-relayed', `The relay of ${service} is paused: its events stay in the outbox${waiting}.`, next];
  }
  if (Number(relay.consecutiveFailures) > 0) {
    return [
      'not-relayed',
      `The relay of ${service} failed ${relay.consecutiveFailures} times in a row: its events stay in the outbox${waiting}.`,
      `Check that Kafka runs, and read the log of ${service}; the outbox is published once Kafka accepts records.`,
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
      'Nothing to do: check again in a moment.',
    ];
  }
  const inFlight = Number(parts.consumer?.inFlight ?? 0);
  const lag = Object.entries(workload?.lag ?? {}).filter(([, records]) => records > 0);
  if (lag.length > 0) {
    const behind = lag.map(([topic, records]) => `${records} of ${topic}`).join(', ');
    return [
      'consumer-lag',
      `${service} is behind: the lag of its group is ${behind}, with ${inFlight} records in flight; ${step} has not run for ${span(waits)}.`,
      `Wait while the numbers fall. If they do not, read the log of ${service}, or start another instance.`,
    ];
  }
  const busy = inFlight > 0 ? `, with ${inFlight} records in flight` : '';
  return [
    'silent',
    `${service} is healthy${busy}, but ${step} has emitted no event for ${span(waits)}: its topic is paused, or the step has ignored its event.`,
    `See the log of ${service} for ${orderId}.`,
  ];
}
