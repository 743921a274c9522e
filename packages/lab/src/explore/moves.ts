import { SERVICES } from '../several.js';
import { coordinatorFor, hereFor, participantsFor } from './environment.js';
import { NOW } from './memory-database.js';
import type { Pending } from './pending.js';
import { Task } from './task.js';
import type { World } from './world.js';

/** Periodic work runs when whatever it finds is long past. */
const LATER = NOW + 3_600_000;

/** How many faults may happen in one run. */
export interface Faults {
  /** Deaths of coordinators. */
  readonly deaths: number;
  /** Partitions between order, payment, coordinators and the rest. */
  readonly cuts: number;
  /** Timers that fire although a message is still under way: without any, the network is synchronous. */
  readonly late: number;
}

/** Something that can happen next. */
export interface Move {
  readonly label: string;
  /** The same in all runs that have it to come. */
  readonly id: string;
  /** The one database that it touches. Two moves at different databases commute. */
  readonly at?: string;
  /** A fault, or a timer that fires early. */
  readonly isRare?: true;
  readonly go: () => void;
}

/** Everything that can happen next. `quiet`: nothing but timers is left. */
export function movesOf(world: World, faults: Faults): { moves: Move[]; quiet: boolean } {
  const pending = [...world.pending.values()];
  const ready = pending.filter((each) => each.canGo);
  const deliveries = ready.map(
    (each): Move => ({ label: each.label, id: each.key, at: each.at, go: () => void each.go() }),
  );
  const quiet = ready.length === 0;
  const late = quiet ? [] : earlyTimers(world, pending, faults);
  const strikes = strikesOf(world, faults);
  if (!quiet) {
    // One task that waits for answers of different services: their order makes no difference, if no fault can come between.
    const one = strikes.length + late.length === 0 && areInterchangeable(ready);
    return { moves: one ? deliveries.slice(0, 1) : [...deliveries, ...late, ...strikes], quiet };
  }
  const due = pending.filter((each) => each.canTimeOut).map(timerOf);
  return { moves: [...(due.length > 0 ? due : ticksOf(world)), ...strikes, ...endsOf(world)], quiet };
}

const timerOf = (each: Pending): Move => ({
  label: `no answer in time: ${each.label}`,
  id: `time ${each.key}`,
  go: () => each.timeOut(),
});

function areInterchangeable(ready: readonly Pending[]): boolean {
  const places = new Set(ready.map(({ at }) => at));
  const [first] = ready;
  return (
    places.size === ready.length && ready.every(({ task, isAwaited }) => isAwaited && task.root === first!.task.root)
  );
}

/** Timers that do not wait for the messages that are under way. */
function earlyTimers(world: World, pending: readonly Pending[], faults: Faults): Move[] {
  if (world.late >= faults.late) return [];
  const timers = pending
    .filter((each) => each.canTimeOut)
    .map((each): Move => {
      const { label, id, go } = timerOf(each);
      // Periodic work that was cut short comes again.
      return {
        label,
        id,
        go() {
          world.ticked.delete(each.task.owner);
          go();
        },
      };
    });
  const ticks = allTicksOf(world).filter(({ actor }) => world.mayFindWork(actor));
  return [...timers, ...ticks].map(({ label, id, go }) => ({
    label: `too early, ${label}`,
    id,
    isRare: true,
    go() {
      world.late++;
      go();
    },
  }));
}

/** First the coordinators look for what was interrupted; once they have, participants look at their own clocks. */
function ticksOf(world: World): Move[] {
  const all = allTicksOf(world).filter(({ actor }) => !world.ticked.has(actor));
  const resumes = all.filter(({ actor }) => actor.startsWith('coordinator'));
  return resumes.length > 0 ? resumes : all;
}

function allTicksOf(world: World): (Move & { actor: string })[] {
  const { resume, sweep } = world.protocol;
  const tick = (actor: string, what: string, run: (task: Task) => Promise<void>) => ({
    actor,
    label: `${actor}: ${what}`,
    id: `tick ${actor}`,
    go() {
      const task = new Task(`tick ${actor}`, actor, LATER);
      world.ticked.add(actor);
      world.tasks.add(task);
      void run(task).then(
        () => world.tasks.delete(task),
        () => world.tasks.delete(task),
      );
    },
  });
  const idle = (actor: string) => ![...world.tasks].some(({ key }) => key === `tick ${actor}`);
  const coordinators = resume
    ? world.assumptions.coordinators
        .filter((id) => !world.dead.has(id) && idle(id))
        .map((id) => tick(id, 'resume', (task) => resume(participantsFor(world, task), coordinatorFor(world, task))))
    : [];
  const services = sweep
    ? SERVICES.filter(idle).map((service) =>
        tick(service, 'sweep', (task) => sweep(hereFor(world, task), participantsFor(world, task))),
      )
    : [];
  return [...coordinators, ...services];
}

/** Faults while the coordinator of the first order is at work. */
function strikesOf(world: World, faults: Faults): Move[] {
  const first = world.assumptions.coordinators[0]!;
  if (![...world.tasks].some(({ key }) => key === FIRST_CARRY)) return [];
  const moves: Move[] = [];
  if (world.deaths < faults.deaths) {
    for (const isSilenced of [false, true]) {
      moves.push({
        label: `${first} dies${isSilenced ? ', and what it has just sent is lost' : ''}`,
        id: `death ${isSilenced}`,
        isRare: true,
        go() {
          world.deaths++;
          world.kill(first, isSilenced);
          world.ticked.clear();
        },
      });
    }
  }
  if (world.cuts < faults.cuts) {
    moves.push({
      label: '{order, payment, coordinators} ⟂ {inventory, shipping}',
      id: 'cut',
      isRare: true,
      go() {
        world.cuts++;
        world.isCut = true;
        world.ticked.clear();
      },
    });
  }
  return moves;
}

/** Faults end once nothing else is left to happen, or before any timer fires. */
function endsOf(world: World): Move[] {
  const moves: Move[] = [];
  for (const actor of world.dead) {
    moves.push({
      label: `${actor} ${RESTARTS}`,
      id: `restart ${actor}`,
      go() {
        world.dead.delete(actor);
        world.ticked.clear();
      },
    });
  }
  if (world.isCut) {
    moves.push({
      label: 'the partition heals',
      id: 'heal',
      go() {
        world.isCut = false;
        world.ticked.clear();
      },
    });
  }
  return moves;
}

const FIRST_CARRY = 'carry 1';
const RESTARTS = 'starts again';
