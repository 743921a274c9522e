import type { ExploreCommand, ExploreScenario, QuadrilleConfig } from '@quadrille/choreography';
import { idOf } from '../simulate/id-of.js';
import { callOf } from './system-of.js';
import { Unusable } from './unusable.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The kind of the generated ids of copies. */
const SAGA = 1;

/** A copy of a scenario's saga with its own key. */
export interface SagaCopy {
  readonly key: string;
  readonly commands: readonly ExploreCommand[];
}

/** Copies the sagas of a scenario in turn, one per number. Throws {@link Unusable} with the correction. */
export function copiesOf(
  { choreography }: QuadrilleConfig,
  scenario: ExploreScenario,
  numbers: readonly number[],
): SagaCopy[] {
  const calls = scenario.commands.map((command) => ({ ...callOf(choreography, scenario, command), command }));
  const keys = [...new Set(calls.map(({ key }) => key))];
  return numbers.map((nth) => {
    const copy = Math.floor(nth / keys.length);
    const fresh = new Map(keys.map((key, at) => [key, freshKey(key, copy * keys.length + at)]));
    const original = keys[nth % keys.length]!;
    const commands = calls
      .filter(({ key }) => key === original)
      .map(({ command: { step, data } }) => ({ step, data: renamed(data, fresh) as object }));
    const key = fresh.get(original)!;
    for (const command of commands) mustFit(choreography, scenario, command, key);
    return { key, commands };
  });
}

/** Returns all texts within a value. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

const freshKey = (key: string, nth: number): string => (UUID.test(key) ? idOf(SAGA, nth) : `${key}-${nth}`);

/** Returns the value with replaced keys, at any depth. */
function renamed(value: unknown, keys: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return keys.get(value) ?? value;
  if (Array.isArray(value)) return value.map((each) => renamed(each, keys));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renamed(each, keys)]));
}

function mustFit(
  choreography: QuadrilleConfig['choreography'],
  scenario: ExploreScenario,
  command: ExploreCommand,
  key: string,
): void {
  try {
    callOf(choreography, scenario, command);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Unusable(`simulate gives each saga a key of its own, such as '${key}': ${error.message}`);
  }
}
