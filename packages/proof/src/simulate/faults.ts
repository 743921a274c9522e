import type { Run } from './life.js';
import type { SimulatedSystem } from './simulated-system.js';

/** Between two faults, on average half of it. */
const PAUSE_MS = 1_500;
const MOST_SKEW_MS = 20_000;

/** Lets things go wrong from the outside as long as the run is faulty: kills, rebalances, outages, garbage. */
export async function makeFaults(run: Run, system: SimulatedSystem): Promise<void> {
  for (let nth = 1; ; nth++) {
    await run.time.pass(run.chance.between(1, PAUSE_MS));
    if (!run.faulty()) return;
    const fault = run.chance.pick([kill, rebalance, databaseAway, outsideAway, clockJump, garbage]);
    fault(run, system, nth);
  }
}

function kill(run: Run, system: SimulatedSystem): void {
  run.chance.pick(system.processes).life.end('by SIGKILL');
}

function rebalance(run: Run, system: SimulatedSystem): void {
  system.broker.rebalance(run.chance.pick(system.groups));
}

function databaseAway(run: Run, system: SimulatedSystem): void {
  const database = run.chance.pick(system.databases);
  run.journal.note('database away', database.service);
  database.away = true;
  run.time.plan(run.chance.between(100, 4_000), () => {
    database.away = false;
  });
}

function clockJump(run: Run, system: SimulatedSystem): void {
  const database = run.chance.pick(system.databases);
  database.skewMs = run.chance.between(-MOST_SKEW_MS, MOST_SKEW_MS);
  run.journal.note('clock jumped', database.service);
  run.time.plan(run.chance.between(100, 5_000), () => {
    database.skewMs = 0;
  });
}

function outsideAway(run: Run, system: SimulatedSystem): void {
  const nth = run.chance.between(0, 1);
  const party = system.outside.parties[nth]!;
  run.journal.note('outage outside', nth === 0 ? 'provider' : 'carrier');
  party.away = true;
  run.time.plan(run.chance.between(100, 8_000), () => {
    party.away = false;
  });
}

function garbage(run: Run, system: SimulatedSystem, nth: number): void {
  const topic = run.chance.pick(system.topics);
  run.journal.note('garbage', topic);
  system.broker.send(topic, `garbage-${nth}`, {}, '{"this is": "no event of ours"');
}
