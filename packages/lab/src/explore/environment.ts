import { SERVICES } from '../calls.js';
import type { ServiceName, Verbs } from '../protocol.js';
import {
  type Coordinator,
  NoAnswer,
  type ParticipantContext,
  type Participants,
  type ParticipantTransaction,
  Refusal,
} from '../protocol.js';
import { Locked } from './memory-database.js';
import { Pending, type PendingOptions } from './pending.js';
import { Task } from './task.js';
import type { World } from './world.js';

const awaiting = <T>(world: World, task: Task, options: PendingOptions<T>): Promise<T> =>
  Pending.await(world.pending, task, options);

/** The remote participants of a process: each call is a message. */
export function participantsFor(world: World, task: Task): Participants<any> {
  const verbsOf = (service: ServiceName) =>
    new Proxy({} as Verbs, {
      get:
        (_, verb: string) =>
        (...json: unknown[]) => {
          const label = `${task.owner} → ${service}: ${verb}`;
          return awaiting(world, task, {
            kind: 'call',
            label,
            at: service,
            free: () => !world.isApart(task.owner, service),
            go: (nth) => serve(world, service, verb, json, nth, task),
            timer: () => new NoAnswer(label),
          });
        },
    });
  return Object.fromEntries(SERVICES.map((service) => [service, verbsOf(service)])) as Participants<any>;
}

/** Runs a verb in the process of a service. */
async function serve(world: World, service: ServiceName, verb: string, json: unknown[], nth: number, by: Task) {
  const task = new Task(`${service}/${verb}<${by.key}.${nth}`, service, by.now, by.root);
  task.startsNow = true;
  world.tasks.add(task);
  try {
    const participant: Verbs = world.protocol.participant(contextFor(world, task));
    return await participant[verb]!(...json);
  } finally {
    world.tasks.delete(task);
  }
}

/** A service, seen from its own process. */
export function contextFor(world: World, task: Task): ParticipantContext {
  const service = task.owner as ServiceName;
  const database = world.databases[service]!;
  return {
    service,
    clock: clockFor(world, task),
    transaction: (work, prepareAs) =>
      inTurn(world, task, service, (tx) => database.transaction(tx, task.now, prepareAs), work),
    async finish(name, how) {
      await turn(world, task, service, `${service}: ${how}`);
      database.finish(name, how);
    },
    // Read-only, so it shares one move with the following transaction.
    inDoubt: async () => database.inDoubt(),
  };
}

/** A coordinator, seen from its own process. */
export function coordinatorFor(world: World, task: Task): Coordinator {
  const id = task.owner;
  const database = world.databases.coordinators!;
  return {
    id,
    clock: clockFor(world, task),
    transaction: (work) => inTurn(world, task, 'coordinators', (tx) => database.transaction(tx, task.now), work),
    decisions: {
      decide: (tx, proposed) =>
        awaiting(world, task, {
          kind: 'statement',
          label: `${id}: log ${proposed}`,
          at: 'log',
          async go() {
            const log = world.logOf(id);
            if (!log.has(tx)) {
              log.set(tx, proposed);
              world.logged++;
            }
            return log.get(tx)!;
          },
        }),
      covers: (coordinator) => world.assumptions.sharesLog || coordinator === id,
    },
    atCrashPoint: async () => {},
  };
}

/** Each statement of a task is a separate move, except the first of a handler. */
async function turn(world: World, task: Task, at: string, label: string): Promise<void> {
  if (task.startsNow) task.startsNow = false;
  else await awaiting(world, task, { kind: 'statement', label, at, go: async () => undefined });
}

/** Runs a transaction when it is scheduled. If a row is locked, it waits for the lock or the lock timeout, as PostgreSQL does. */
async function inTurn<R>(
  world: World,
  task: Task,
  where: string,
  run: (work: (tx: ParticipantTransaction) => Promise<R>) => Promise<R>,
  work: (tx: ParticipantTransaction) => Promise<R>,
): Promise<R> {
  await turn(world, task, where, `${task.owner}: transaction`);
  for (;;) {
    try {
      return await run(work);
    } catch (error) {
      if (!(error instanceof Locked)) throw error;
      await awaiting(world, task, {
        kind: 'lock',
        at: where,
        label: `${task.owner}: the lock is free`,
        free: () => !world.databases[where]!.prepared.has(error.by),
        go: async () => undefined,
        timer: () => new Refusal('lock-timeout'),
      });
    }
  }
}

const clockFor = (world: World, task: Task) => ({
  now: () => task.now,
  sleep: (ms: number) =>
    awaiting<void>(world, task, {
      kind: 'sleep',
      at: '',
      label: `${task.owner}: sleep ${ms} ms`,
      timer: () => undefined,
    }),
});
