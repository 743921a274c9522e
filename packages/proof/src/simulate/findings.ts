import { topicsPublishedBy } from '@quadrille/choreography';
import type { Promised } from '../explore/look.js';
import type { Callers } from './callers.js';
import type { Journal } from './journal.js';
import { lookAt } from './look-at-system.js';
import type { SimulatedSaga, SimulationLook } from './model.js';
import type { SimulatedSystem } from './simulated-system.js';

/** A promise that was broken. */
export interface Broken {
  readonly promise: string;
  readonly explanation: string;
}

/** The parts of a run that its findings need. */
export interface Observed {
  readonly system: SimulatedSystem;
  readonly sagas: readonly SimulatedSaga[];
  readonly callers: Callers;
}

/** Every saga has ended, or was rejected. */
export function haveEnded({ system, sagas, callers }: Observed): boolean {
  const look = lookAt(system, callers);
  return sagas.every((saga) => hasEnded(system, look, saga));
}

const hasEnded = ({ model }: SimulatedSystem, look: SimulationLook, saga: SimulatedSaga): boolean =>
  model.ending(look, saga) !== undefined;

/** Sagas that no fault concerns and that exceed the time limit. */
export function lateAlthoughUnaffected({ system, sagas, callers }: Observed, now: number): Broken[] {
  const look = lookAt(system, callers);
  const affected = [...system.affected];
  const late = sagas.filter((saga) => {
    const tookMs = now - (callers.begunAt.get(saga.key) ?? now);
    return tookMs > UNTOUCHED_END_WITHIN_MS && !affected.some(saga.concerns) && !hasEnded(system, look, saga);
  });
  if (late.length === 0) return [];
  const ids = late.map(({ key }) => key).join(', ');
  return [
    {
      promise: OTHERS,
      explanation: `After ${UNTOUCHED_END_WITHIN_MS} ms these have not ended, although no fault concerns them: ${ids}.`,
    },
  ];
}

/** Returns the broken promises among those that hold at every time. Valid only while no transaction is open. */
export function brokenNow({ system, sagas, callers }: Observed): Broken[] {
  const promises = system.model.promises(sagas).filter(({ when }) => when === 'always');
  return promises.length === 0 ? [] : brokenOf(lookAt(system, callers), promises);
}

/** Returns the broken promises at the end of a run. */
export function brokenAtTheEnd(observed: Observed): Broken[] {
  const { system, sagas, callers } = observed;
  const look = lookAt(system, callers);
  const open = sagas.filter((saga) => !hasEnded(system, look, saga)).length;
  const broken = [...brokenOf(look, system.model.promises(sagas)), ...emittedTwice(system), ...sentAsEmitted(system)];
  if (open > 0) broken.push({ promise: ENDS, explanation: `${open} of ${sagas.length} have not ended.` });
  if (!system.isQuiet()) broken.push({ promise: ENDS, explanation: 'A message is still in transit.' });
  return broken;
}

const ENDS = 'every saga ends';
const OTHERS = 'others go on';
/** Less than a deadline, and less than a narrow fault. */
const UNTOUCHED_END_WITHIN_MS = 6_000;

function brokenOf(look: SimulationLook, promises: readonly Promised<SimulationLook>[]): Broken[] {
  return promises.flatMap(({ name, wrong }) => {
    const explanation = wrong(look);
    return explanation === undefined ? [] : [{ promise: name, explanation }];
  });
}

/** An event may be delivered several times, but is emitted once: one id per type and key. */
function emittedTwice(system: SimulatedSystem): Broken[] {
  const ids = new Map<string, string>();
  const twice: Broken[] = [];
  for (const { headers } of system.topics.flatMap((topic) => system.broker.recordsOf(topic))) {
    const { ce_type: type, ce_id: id, ce_subject: key } = headers;
    if (type === undefined || id === undefined) continue;
    if (system.model.onceTypes && !system.model.onceTypes.has(type)) continue;
    const known = ids.get(`${type} ${key}`);
    if (known === undefined) ids.set(`${type} ${key}`, id);
    else if (known !== id)
      twice.push({ promise: 'each step acts once', explanation: `${type} of ${key} was emitted twice.` });
  }
  for (const { service, tables } of system.databases) {
    if (tables.emittedAgain === 0) continue;
    const explanation = `${tables.emittedAgain} events of ${service} were committed to be sent a second time.`;
    twice.push({ promise: 'each step acts once', explanation });
  }
  return twice;
}

/** Every committed event is on its topic, and no other. */
function sentAsEmitted(system: SimulatedSystem): Broken[] {
  const promise = 'committed events are sent, and no others';
  return system.databases.flatMap(({ service, tables: { emitted } }) => {
    const topics = topicsPublishedBy(system.model, system.model.rows, service);
    const records = topics.flatMap((topic) => system.broker.recordsOf(topic));
    const own = records.filter(({ headers }) => headers.ce_source?.startsWith(`/${service}/`));
    const sent = new Set(own.flatMap(({ headers }) => headers.ce_id ?? []));
    const lost = [...emitted].filter((id) => !sent.has(id)).length;
    const ghosts = [...sent].filter((id) => !emitted.has(id)).length;
    if (lost + ghosts === 0) return [];
    return [
      { promise, explanation: `Of ${service}, ${lost} events were never sent, and ${ghosts} were never committed.` },
    ];
  });
}

/** The number of sagas per ending. */
export function endingsOf({ system, sagas, callers }: Observed): Record<string, number> {
  const look = lookAt(system, callers);
  const endings: Record<string, number> = {};
  for (const saga of sagas) {
    const name = system.model.ending(look, saga) ?? 'open';
    endings[name] = (endings[name] ?? 0) + 1;
  }
  return endings;
}

/** The count of each rare situation: one that never occurs is not tested. */
export function sometimesIn(system: SimulatedSystem, journal: Journal): Record<string, number> {
  const counts = new Map(journal.counts);
  counts.set('repetition dropped', sum(system.databases.map(({ tables }) => tables.repetitions)));
  counts.set('parked for good', sum(system.databases.map(({ tables }) => tables.parked.length)));
  const ids = new Set<string>();
  for (const { headers, value } of system.topics.flatMap((topic) => system.broker.recordsOf(topic))) {
    if (headers.ce_id === undefined) continue;
    if (ids.has(headers.ce_id)) count(counts, 'sent twice');
    ids.add(headers.ce_id);
    const situation = value === null ? undefined : system.model.situation?.(value);
    if (situation !== undefined) count(counts, situation);
  }
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
