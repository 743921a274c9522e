import { SERVICES } from '../calls.js';
import { contextFor, coordinatorFor, participantsFor } from './environment.js';
import { NOW } from './memory-database.js';
import type { Pending } from './pending.js';
import { Task } from './task.js';
import type { World } from './world.js';

/** Periodic work runs so late that every timeout has passed. */
const LATER = NOW + 3_600_000;

/** The maximum number of faults in one run. */
export interface Faults {
  /** Crashes of coordinators. */
  readonly deaths: number;
  /** Partitions that separate {order, payment, coordinators} from {inventory, shipping}. */
  readonly cuts: number;
  /** Timers that fire while a message is in flight. With 0, the network is synchronous. */
  readonly late: number;
}

/** A possible next event of the system. */
export interface Move {
  readonly label: string;
  /** Identifies the move across runs. */
  readonly id: string;
  /** The one database that it accesses. Two moves at different databases commute. */
  readonly at?: string;
  /** True for a fault and for a timer that fires early. */
  readonly isRare?: true;
  readonly go: () => void;
}

/** All possible next moves. `quiet`: only timers are left. */
export function movesOf(world: World, faults: Faults): { moves: Move[]; quiet: boolean } {
  const pending = [...world.pending.values()];
  const ready = pending.filter((each) => each.canGo);
  const deliveries = ready.map(
    (each): Move => ({ label: each.label, id: each.key, at: each.at, go: () => void each.go() }),
  );
  const quiet = ready.length === 0;
  const late = quiet ? [] : earlyTimers(world, pending, faults);
  const faultsNow = faultMoves(world, faults);
  if (!quiet) {
    // One task awaits answers of different services: their order makes no difference unless a fault can occur between them.
    const one = faultsNow.length + late.length === 0 && areInterchangeable(ready);
    return { moves: one ? deliveries.slice(0, 1) : [...deliveries, ...late, ...faultsNow], quiet };
  }
  const due = pending.filter((each) => each.canTimeOut).map(timerOf);
  return { moves: [...(due.length > 0 ? due : ticksOf(world)), ...faultsNow, ...endsOf(world)], quiet };
}

const timerOf = (each: Pending): Move => ({
  label: `timeout: ${each.label}`,
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

/** Timers that fire before the messages in flight arrive. */
function earlyTimers(world: World, pending: readonly Pending[], faults: Faults): Move[] {
  if (world.late >= faults.late) return [];
  const timers = pending
    .filter((each) => each.canTimeOut)
    .map((each): Move => {
      const { label, id, go } = timerOf(each);
      // Interrupted periodic work runs again.
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
    label: `early ${label}`,
    id,
    isRare: true,
    go() {
      world.late++;
      go();
    },
  }));
}

/** First the coordinators resume interrupted transactions; after that, participants check their own timeouts. */
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
        tick(service, 'sweep', (task) => sweep(contextFor(world, task), participantsFor(world, task))),
      )
    : [];
  return [...coordinators, ...services];
}

/** Faults while the coordinator of the first order works on it. */
function faultMoves(world: World, faults: Faults): Move[] {
  const first = world.assumptions.coordinators[0]!;
  if (![...world.tasks].some(({ key }) => key === FIRST_CARRY)) return [];
  const moves: Move[] = [];
  if (world.deaths < faults.deaths) {
    for (const isSilenced of [false, true]) {
      moves.push({
        label: `${first} crashes${isSilenced ? ', and its messages in flight are lost' : ''}`,
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

/** Faults end once no other move is left, or before any timer fires. */
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
      label: 'the partition ends',
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
const RESTARTS = 'restarts';
