import { type Choreography, eventsOf } from './choreography.js';
import { endings } from './endings.js';
import type { EventType } from './event.js';
import { stepsNobodyUndoes } from './every-step-undone.js';
import { clockOf, eventsHeardBy, type Row } from './row.js';
import { isFailure } from './saga.js';

/** What is wrong with a table: the rule, the rows it concerns, and a path that shows it where there is one. */
export interface Fault {
  readonly rule: string;
  readonly rows: readonly string[];
  readonly explanation: string;
  readonly path?: readonly string[];
}

type Entry = readonly [step: string, row: Row];

/** Checks a choreography before anything runs. An empty result: every rule holds. */
export function verify(choreography: Choreography): Fault[] {
  const faults = [
    ...oneOwner(choreography),
    ...everyEventHeard(choreography),
    ...nobodyWaitsInVain(choreography),
    ...oneReaction(choreography),
    ...noLoop(choreography),
    ...everyStepUndone(choreography),
    ...failuresTurnBack(choreography),
    ...afterwardsNeverReachBack(choreography),
  ];
  // Walking a table that is broken in shape would tell the same again, or never end.
  if (faults.length > 0) return faults;
  const endless = everyPathEnds(choreography);
  return endless.length > 0 ? endless : reverseOrder(choreography);
}

const entriesOf = ({ rows }: Choreography): Entry[] => Object.entries(rows);
const inSaga = ([, row]: Entry): boolean => row.role !== 'afterwards';
const saying = (choreography: Choreography, event: EventType) =>
  entriesOf(choreography).filter(([, row]) => row.says.includes(event));
const hearing = (choreography: Choreography, event: EventType) =>
  entriesOf(choreography).filter(([, row]) => eventsHeardBy(row).includes(event));
const names = (entries: readonly Entry[]) => entries.map(([step]) => step);

function oneOwner(choreography: Choreography): Fault[] {
  return entriesOf(choreography).flatMap(([step, row]) =>
    row.says
      .filter((event) => event.by !== row.by)
      .map((event) => ({
        rule: 'one-owner',
        rows: [step],
        explanation: `${step} of ${row.by} says ${event.name}, which belongs to ${event.by}: only its owner may say an event.`,
      })),
  );
}

function everyEventHeard(choreography: Choreography): Fault[] {
  return eventsOf(choreography.rows)
    .filter((event) => !event.final && hearing(choreography, event).length === 0)
    .map((event) => ({
      rule: 'every-event-heard',
      rows: names(saying(choreography, event)),
      explanation: `Nobody hears ${event.name}: let a row hear it, or mark the event final.`,
    }));
}

function nobodyWaitsInVain(choreography: Choreography): Fault[] {
  return eventsOf(choreography.rows)
    .filter((event) => saying(choreography, event).length === 0)
    .map((event) => ({
      rule: 'nobody-waits-in-vain',
      rows: names(hearing(choreography, event)),
      explanation: `Nobody says ${event.name}, so these rows wait for ever.`,
    }));
}

function oneReaction(choreography: Choreography): Fault[] {
  return eventsOf(choreography.rows).flatMap((event) => {
    const reacting = hearing(choreography, event).filter(inSaga);
    if (reacting.length <= 1) return [];
    const explanation = `Inside the saga one row reacts to an event; ${event.name} has ${reacting.length}. Only afterwards rows fan out.`;
    return [{ rule: 'one-reaction', rows: names(reacting), explanation }];
  });
}

function noLoop(choreography: Choreography): Fault[] {
  const faults: Fault[] = [];
  const done = new Set<string>();
  const visit = (step: string, path: readonly string[]): void => {
    const from = path.indexOf(step);
    if (from >= 0) {
      const loop = path.slice(from);
      faults.push({
        rule: 'no-loop',
        rows: loop,
        explanation: 'These rows go round in a circle.',
        path: [...loop, step],
      });
      return;
    }
    if (done.has(step)) return;
    for (const event of choreography.rows[step]!.says) {
      for (const [next] of hearing(choreography, event)) visit(next, [...path, step]);
    }
    done.add(step);
  };
  for (const [step] of entriesOf(choreography)) visit(step, []);
  return faults;
}

const everyStepUndone = (choreography: Choreography): Fault[] =>
  stepsNobodyUndoes(choreography).map((step) => ({
    rule: 'every-step-undone',
    rows: [step],
    explanation: `The saga may turn back after ${step}, but no row undoes it.`,
  }));

/** Every way of turning back, an interrupt or a failure, must lead to rows that undo, and to no other. */
function failuresTurnBack(choreography: Choreography): Fault[] {
  const ends = Object.values(choreography.endings);
  return entriesOf(choreography).flatMap(([step, row]) =>
    row.says
      .filter((event) => row.role === 'interrupt' || (event.failure && !ends.includes(event)))
      .flatMap((event) => {
        const heardBy = hearing(choreography, event).filter(inSaga);
        if (heardBy.length > 0 && heardBy.every(([, next]) => next.undoes !== undefined)) return [];
        const explanation = heardBy.length
          ? `${step} turns back with ${event.name}, but ${names(heardBy).join(' and ')} goes forward.`
          : `${step} turns back with ${event.name}, but no row that undoes something hears it.`;
        return [{ rule: 'failures-turn-back', rows: [step, ...names(heardBy)], explanation }];
      }),
  );
}

function afterwardsNeverReachBack(choreography: Choreography): Fault[] {
  return entriesOf(choreography)
    .filter(([, row]) => row.role === 'afterwards')
    .flatMap(([step, row]) => {
      const back = entriesOf(choreography)
        .filter(inSaga)
        .filter(([, other]) =>
          row.says.some((event) => eventsHeardBy(other).includes(event) || clockHears(other, event)),
        );
      if (back.length === 0) return [];
      return [
        {
          rule: 'afterwards-never-reach-back',
          rows: [step, ...names(back)],
          explanation: `${step} comes afterwards, but the saga hears it.`,
        },
      ];
    });
}

function clockHears(row: Row, event: EventType): boolean {
  const clock = clockOf(row);
  return clock !== undefined && [clock.startedBy, ...clock.extendedBy, ...clock.stoppedBy].includes(event);
}

function everyPathEnds(choreography: Choreography): Fault[] {
  try {
    endings(choreography);
    return [];
  } catch (error) {
    const explanation = (error as Error).message;
    const path = explanation
      .replace(/^.*after /, '')
      .replace(/\.$/, '')
      .split(', ');
    return [{ rule: 'every-path-ends', rows: [], explanation, path }];
  }
}

/** In every ending, what was done later is undone earlier. */
function reverseOrder(choreography: Choreography): Fault[] {
  for (const { path } of endings(choreography)) {
    const undone = path.flatMap(({ step }) => Object.keys(choreography.rows[step]!.undoes ?? {}).slice(0, 1));
    const forward = path
      .filter(({ step, event }) => undone.includes(step) && !isFailure(choreography, event))
      .map(({ step }) => step);
    const expected = forward.toReversed();
    const actual = undone.filter((step) => forward.includes(step));
    if (actual.join() !== expected.join()) {
      const explanation = `${expected.join(', ')} must be undone in this order, but ${actual.join(', ')} is what happens.`;
      return [{ rule: 'undone-in-reverse', rows: actual, explanation, path: path.map(({ event }) => event.name) }];
    }
  }
  return [];
}
