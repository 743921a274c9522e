import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Books, PROMISES, readBooks, type Verdict } from '@quadrille/audit';
import { onInterrupt } from '@quadrille/local';
import { awaitEndings } from '@quadrille/replay';
import { buy } from './customers.js';
import { injectAll } from './injected-fault.js';
import { operate } from './operator.js';
import { type Report, reportOf } from './report/report.js';
import type { KindName } from './schedule/kinds.js';
import { AUDITOR } from './schedule/kinds.js';
import { ALL, inWords, schedule } from './schedule/schedule.js';
import { type ChaoticSystem, startChaoticSystem } from './system/chaotic-system.js';

/** The limit after the last fault for every saga to end, except those that wait for their deadline. */
export const RECOVERED_WITHIN_MS = 60_000;
/** How long the audit is repeated while follow-up steps complete. */
const AT_REST_WITHIN_MS = 60_000;
/** The longest time that a saga waits by design: its deadline, the provider's outage and one retry pause. */
const CLOCKS_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

/** Parameters of a run. */
export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  /** If set, only these kinds of faults. */
  readonly only?: readonly KindName[] | undefined;
  /** Kafka with TLS, users and ACLs, and PostgreSQL with TLS. Requires a local JVM. */
  readonly secure?: boolean;
  /** Orders per second (open loop). */
  readonly ratePerSecond: number;
  /** Called with progress lines. */
  readonly say: (line: string) => void;
  /** Called with each warning and error that a service logs. */
  readonly onLine?: (instance: string, line: string) => void;
}

/** Starts the system, injects the faults of the seed under load, repairs them, audits, and removes all processes and data. */
export async function chaos(options: ChaosOptions): Promise<Report> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-chaos-'));
  const notes: string[] = [];
  const onSurprise = (sentence: string) => {
    notes.push(sentence);
    options.say(sentence);
  };
  let system: ChaoticSystem | undefined;
  const clear = async () => {
    await system?.stop();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  onInterrupt(clear);
  try {
    options.say('starting PostgreSQL, Kafka and two instances of each service');
    system = await startChaoticSystem(dataDir, options.secure ?? false, {
      onSurprise,
      onLine: options.onLine ?? (() => {}),
    });
    return await disturb(system, options, notes);
  } finally {
    await clear();
  }
}

/** The proxy cannot recognise an encrypted commit. */
const kindsOf = ({ only = ALL, secure }: ChaosOptions): readonly KindName[] =>
  secure ? only.filter((kind) => kind !== 'commit-in-doubt') : only;

async function disturb(system: ChaoticSystem, options: ChaosOptions, notes: string[]): Promise<Report> {
  const { seed, minutes, ratePerSecond, say } = options;
  const faults = schedule(seed, minutes * MINUTE_MS, kindsOf(options));
  const beganAt = Date.now();
  const clock = () => `${((Date.now() - beganAt) / 1_000).toFixed(1).padStart(6)} s`;
  say(`${ratePerSecond} orders per second for ${minutes} minutes, ${faults.length} faults, seed ${seed}`);
  const over = new AbortController();
  const buying = buy(system.shops, ratePerSecond, over.signal);
  const injected = await injectAll(system, faults, beganAt, (fault, what, why) =>
    say(`${clock()}  ${inWords(fault)} ${what}${why === undefined ? '' : `, injection failed: ${why}`}`),
  );
  await pause(Math.max(0, beganAt + minutes * MINUTE_MS - Date.now()));
  over.abort();
  const bought = await buying;
  say(`${clock()}  all faults ended, ${bought.fired.length} orders accepted; waiting for the last saga to end`);
  const open = awaitEndings(system.sources.databases.order!, CLOCKS_WITHIN_MS, () => {});
  const [decided] = await Promise.all([operate(system, CLOCKS_WITHIN_MS), open]);
  if (decided.discarded + decided.redriven > 0) {
    notes.push(`the operator discarded ${decided.discarded} dead letters and redrove ${decided.redriven}`);
  }
  say(`${clock()}  auditing the seven promises`);
  const { orders, promises } = await auditAtRest(system);
  const watched = await system.watch.end(system.instances.get(AUDITOR)!.url, promises);
  return reportOf({
    ...{ seed, minutes, ratePerSecond, beganAt, injected, ...bought, notes, orders, promises, watched },
    redriven: decided.redriven,
    recoveryBoundMs: RECOVERED_WITHIN_MS,
  });
}

/** Follow-up steps may still run: audits again until all promises hold or the limit is reached. */
async function auditAtRest({ sources }: ChaoticSystem): Promise<{ orders: Books['orders']; promises: Verdict[] }> {
  const deadline = Date.now() + AT_REST_WITHIN_MS;
  for (;;) {
    const { orders, promises } = await auditNow(sources);
    if (promises.every(({ holds }) => holds) || Date.now() > deadline) return { orders, promises };
    await pause(LOOK_EVERY_MS);
  }
}

async function auditNow(sources: ChaoticSystem['sources']): Promise<{ orders: Books['orders']; promises: Verdict[] }> {
  try {
    const books = await readBooks(sources);
    return { orders: books.orders, promises: PROMISES.map((promise) => promise(books)) };
  } catch (error) {
    const violations = [(error as Error).message];
    return { orders: [], promises: [{ promise: 'the system can be audited', holds: false, checked: {}, violations }] };
  }
}
