import { type Ref, topicOf } from '@quadrille/choreography';
import type { OrderDetails } from '@quadrille/contracts';
import { orders as orderStates } from '@quadrille/order/domain/order';
import { jointEnding, promisesTo } from '../checkout/promises.js';
import type { Look, Promised } from '../explore/look.js';
import type { Journal } from './journal.js';
import type { SimulatedSystem } from './simulated-system.js';

/** A promise that was broken. */
export interface Broken {
  readonly promise: string;
  readonly explanation: string;
}

const lookAt = (system: SimulatedSystem): Look => ({
  state<State>(ref: Ref<State>): State {
    const keeper = system.databases.find(({ tables }) => tables.states.has(ref.aggregate.name));
    return keeper ? keeper.state(ref) : ref.aggregate.initial(ref.key);
  },
  outside<State>(name: string, key: string): State {
    const { provider, carrier } = system.outside;
    return (name === 'provider' ? (provider.kept.get(key) ?? null) : (carrier.kept.get(key) ?? 'none')) as State;
  },
});

/** Nobody waits for any of them any more. */
export const haveEnded = (system: SimulatedSystem, orders: readonly OrderDetails[]): boolean =>
  orders.every((order) => hasEnded(system, order));

function hasEnded(system: SimulatedSystem, { orderId }: OrderDetails): boolean {
  const { status } = system.databaseOf('order').state(orderStates.of(orderId));
  return status === 'completed' || status === 'cancelled';
}

/** Orders that nothing was wrong with, and that are on their way for longer than it takes. */
export function lateAlthoughUntouched(
  system: SimulatedSystem,
  orders: readonly OrderDetails[],
  placedAt: ReadonlyMap<string, number>,
  now: number,
): Broken[] {
  const touched = [...system.touched];
  const late = orders.filter((order) => {
    const tookMs = now - (placedAt.get(order.orderId) ?? now);
    return tookMs > UNTOUCHED_END_WITHIN_MS && !hasEnded(system, order) && !touched.some((key) => concerns(key, order));
  });
  if (late.length === 0) return [];
  const ids = late.map(({ orderId }) => orderId).join(', ');
  return [
    {
      promise: OTHERS,
      explanation: `After ${UNTOUCHED_END_WITHIN_MS} ms these have not ended, and nothing was wrong with them: ${ids}.`,
    },
  ];
}

const concerns = (key: string, { orderId, customerId, items }: OrderDetails): boolean =>
  key === orderId || (customerId !== null && key.includes(customerId)) || items.some(({ sku }) => sku === key);

/** What broke, of the promises that hold at every moment. Only to be asked while no transaction is open. */
export const brokenNow = (system: SimulatedSystem, orders: readonly OrderDetails[]): Broken[] =>
  brokenOf(
    system,
    promisesTo(orders).filter(({ when }) => when === 'always'),
  );

/** What broke, when everything should be over. */
export function brokenAtTheEnd(system: SimulatedSystem, orders: readonly OrderDetails[]): Broken[] {
  const look = lookAt(system);
  const unplaced = orders.filter(({ orderId }) => look.state(orderStates.of(orderId)).status === 'none').length;
  const broken = [...brokenOf(system, promisesTo(orders)), ...saidTwice(system), ...sentAsSaid(system)];
  if (unplaced > 0) broken.push({ promise: ENDS, explanation: `${unplaced} orders were never taken.` });
  if (!system.isQuiet()) broken.push({ promise: ENDS, explanation: 'Something is still on its way.' });
  return broken;
}

const ENDS = '1. every order ends';
const OTHERS = 'others go on';
/** Less than a deadline, and than a narrow fault lasts. */
const UNTOUCHED_END_WITHIN_MS = 6_000;

function brokenOf(system: SimulatedSystem, promises: readonly Promised[]): Broken[] {
  const look = lookAt(system);
  return promises.flatMap(({ name, wrong }) => {
    const explanation = wrong(look);
    return explanation === undefined ? [] : [{ promise: name, explanation }];
  });
}

/** An event may be delivered often, but it is said once: one id for each kind and order. */
function saidTwice(system: SimulatedSystem): Broken[] {
  const ids = new Map<string, string>();
  const twice: Broken[] = [];
  for (const { key, headers } of system.topics.flatMap((topic) => system.broker.recordsOf(topic))) {
    const { ce_type: type, ce_id: id } = headers;
    if (type === undefined || id === undefined) continue;
    const known = ids.get(`${type} ${key}`);
    if (known === undefined) ids.set(`${type} ${key}`, id);
    else if (known !== id)
      twice.push({ promise: 'each step acts once', explanation: `${type} of ${key} was said twice.` });
  }
  for (const { service, tables } of system.databases) {
    if (tables.saidAgain === 0) continue;
    const explanation = `${tables.saidAgain} events of ${service} were committed to be sent a second time.`;
    twice.push({ promise: 'each step acts once', explanation });
  }
  return twice;
}

/** Every event that was committed is on its topic, and no other. */
function sentAsSaid(system: SimulatedSystem): Broken[] {
  const promise = '6. what was committed is sent, and nothing else';
  return system.databases.flatMap(({ service, tables: { said } }) => {
    const records = system.broker.recordsOf(topicOf('quadrille', service));
    const sent = new Set(records.flatMap(({ headers }) => headers.ce_id ?? []));
    const lost = [...said].filter((id) => !sent.has(id)).length;
    const ghosts = [...sent].filter((id) => !said.has(id)).length;
    if (lost + ghosts === 0) return [];
    return [
      { promise, explanation: `Of ${service}, ${lost} events were never sent, and ${ghosts} were never committed.` },
    ];
  });
}

/** How the orders ended, counted: as order, payment, inventory and shipping see it. */
export function endingsOf(system: SimulatedSystem, orders: readonly OrderDetails[]): Record<string, number> {
  const look = lookAt(system);
  const endings: Record<string, number> = {};
  for (const order of orders) {
    const name = Object.values(jointEnding(look, order)).join(', ');
    endings[name] = (endings[name] ?? 0) + 1;
  }
  return endings;
}

/** How often each rare situation came up: what never does is not tested. */
export function sometimesIn(system: SimulatedSystem, journal: Journal): Record<string, number> {
  const counts = new Map(journal.counts);
  counts.set('repetition dropped', sum(system.databases.map(({ tables }) => tables.repetitions)));
  counts.set('parked for good', sum(system.databases.map(({ tables }) => tables.parked.length)));
  const ids = new Set<string>();
  for (const { headers, value } of system.topics.flatMap((topic) => system.broker.recordsOf(topic))) {
    if (headers.ce_id === undefined) continue;
    if (ids.has(headers.ce_id)) count(counts, 'sent twice');
    ids.add(headers.ce_id);
    if (value?.includes('"requestedBy":"deadline"')) count(counts, 'deadline passed');
  }
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
