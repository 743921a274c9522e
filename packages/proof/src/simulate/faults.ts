import { RUNNER_TABLES } from './database-troubles.js';
import type { Life, Run } from './life.js';
import { lasting, type Make, pick } from './make.js';
import { NARROW } from './narrow-faults.js';
import { type Fault, type FaultKind, faultsUntilMs, type Plan } from './plan.js';
import type { SimulatedSystem } from './simulated-system.js';

/** Session timeout of a group member. */
const EXPELLED_AFTER_MS = 6_000;
const MOST_SKEW_MS = 20_000;
const FREEZES_FOR_MS = 5_000;
/** Time until an operator repairs a fault: longer than all retries of a message. */
const REPAIRED_AFTER_MS = 8_000;

/** Injects all faults of the plan, and none after its last moment. */
export function makeFaults(run: Run, system: SimulatedSystem, plan: Plan): void {
  for (const [at, fault] of plan.faults.entries()) {
    const nth = plan.faultNumbers[at]!;
    run.time.plan(fault.atMs, () => MAKE[fault.kind](run, system, fault, nth));
  }
  run.time.plan(faultsUntilMs(plan.count), () => run.triggers.clear());
}

const skewOf = ({ where }: Fault) => (where % (2 * MOST_SKEW_MS)) - MOST_SKEW_MS;

const MAKE: Readonly<Record<FaultKind, Make>> = {
  crash: ({ triggers }, _system, { point, passage }) =>
    triggers.atPassage(point, passage, (who) => who.end(`at ${point}`)),
  kill: (_run, system, fault) => pick(system.processes, fault).life.end('by SIGKILL'),
  freeze: (run, system, fault) => {
    const { life } = pick(system.processes, fault);
    const forMs = fault.forMs + FREEZES_FOR_MS;
    run.journal.note('freeze', life.name);
    life.freeze(forMs);
    run.time.plan(EXPELLED_AFTER_MS, () => {
      if (forMs > EXPELLED_AFTER_MS) expel(run, system, life, forMs - EXPELLED_AFTER_MS);
    });
  },
  rebalance: (_run, system, fault) => system.broker.rebalance(pick(system.groups, fault)),
  'rebalance in a batch': (run, system) =>
    run.triggers.atPassage('batch.accepted', 1, ({ service }) => {
      run.journal.note('rebalance in a batch', service);
      system.broker.rebalance(system.groupOf(service));
    }),
  'slow partition': (run, system, fault) => {
    const place = pick(system.broker.places(), fault);
    lasting(run, fault, place, (so) => system.broker.slow[so ? 'add' : 'delete'](place));
  },
  redelivery: (run, system, fault) => {
    const group = pick(system.groups, fault);
    run.journal.note('redelivery', group);
    system.broker.rewind(group);
  },
  'broker away': (run, system, fault) =>
    lasting(run, fault, 'broker', (so) => {
      system.broker.away = so;
    }),
  'acknowledgement lost': ({ triggers }) => triggers.arm('acknowledgement lost'),
  'database away': (run, system, fault) => {
    const database = pick(system.databases, fault);
    lasting(run, fault, database.service, (so) => {
      database.away = so;
    });
  },
  'connection lost': ({ triggers }, system, fault) =>
    triggers.arm(`connection lost ${pick(system.databases, fault).service}`),
  'commit unanswered': ({ triggers }, system, fault) =>
    triggers.arm(`commit unanswered ${pick(system.databases, fault).service}`),
  conflict: ({ triggers }, system, fault) => triggers.arm(`conflict ${pick(system.databases, fault).service}`),
  'clock jump': (run, system, fault) => {
    const database = pick(system.databases, fault);
    lasting(run, fault, database.service, (so) => {
      database.skewMs = so ? skewOf(fault) : 0;
    });
  },
  'gateway away': (run, system, fault) => {
    const party = pick(system.parties.parties, fault);
    if (party)
      lasting(run, fault, party.name, (so) => {
        party.away = so;
      });
  },
  'gateway slow': (run, system, fault) => {
    const party = pick(system.parties.parties, fault);
    if (party)
      lasting(run, fault, party.name, (so) => {
        party.slow = so;
      });
  },
  'answer lost': ({ triggers }, system, fault) => {
    const party = pick(system.parties.parties, fault);
    if (party) triggers.arm(`answer lost ${party.name}`);
  },
  'table gone': (run, system, fault) => {
    const { service, tables, troubles } = pick(system.databases, fault);
    const table = pick([...tables.states.keys(), ...RUNNER_TABLES], fault);
    const long = { ...fault, forMs: fault.forMs + REPAIRED_AFTER_MS };
    lasting(run, long, `${table} of ${service}`, (so) => troubles.missing[so ? 'add' : 'delete'](table));
  },
  'database read-only': (run, system, fault) => {
    const database = pick(system.databases, fault);
    lasting(run, fault, database.service, (so) => {
      database.troubles.readOnly = so;
      if (!so) database.server++;
    });
  },
  'commit rolled back': ({ triggers }, system, fault) =>
    triggers.arm(`commit rolled back ${pick(system.databases, fault).service}`),
  'commit in doubt': ({ triggers }, system, fault) =>
    triggers.arm(`commit in doubt ${pick(system.databases, fault).service}`),
  ...NARROW,
};

/** The group expels the member, and readmits it when it runs again. */
function expel(run: Run, system: SimulatedSystem, life: Life, forMs: number): void {
  const process = system.processes.find((each) => each.life === life);
  if (!process || life.isOver) return;
  process.leaveGroup();
  run.time.plan(forMs, () => !life.isOver && process.joinGroup());
}
