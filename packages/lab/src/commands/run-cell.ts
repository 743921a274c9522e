import { join } from 'node:path';
import { CommanderError } from 'commander';
import type { Measured } from '../measure/measure.js';
import { vectorOf } from '../measure/vector.js';
import type { Guarantees } from '../protocol.js';
import type { ProtocolOptions } from '../protocols/all.js';
import { IN_PARALLEL, unmetExpectations } from '../report/expectations.js';
import type { Fault } from '../run/faults.js';

/** The data stays until the next run, so that an operator can resolve open orders. */
export const DATA_DIR = join(process.cwd(), '.quadrille', 'lab');

/** If the machine lacks something, such as Kafka, prints the one sentence of the error. Commander's errors lead to exit code 2. */
export async function usable<T>(starting: Promise<T>): Promise<T> {
  return starting.catch((error: Error) => {
    console.error(error.message);
    throw new CommanderError(2, 'lab.unusable', error.message);
  });
}

export interface CellOptions {
  readonly protocol: string;
  readonly fault: Fault;
  readonly decisions: 'postgres' | 'kafka';
  readonly options: ProtocolOptions;
  readonly rate: number;
  readonly calmSeconds: number;
  readonly durationMs?: number;
  readonly print: (line: string) => void;
}

export interface Cell {
  readonly cell: string;
  readonly fault: Fault;
  readonly seen: Measured;
  readonly measured: Guarantees;
  /** Expectations that the run did not meet. */
  readonly unmet: readonly string[];
}

/** A reservation that expires before another coordinator takes over (after 2 s) cannot be confirmed. */
const SHORT_EXPIRY_MS = 2_000;

/** A protocol and its variant. */
export function cellName({
  protocol,
  decisions,
  options,
}: Pick<CellOptions, 'protocol' | 'decisions' | 'options'>): string {
  const isShort = protocol === 'try-confirm-cancel' && (options.expiryMs ?? SHORT_EXPIRY_MS) < SHORT_EXPIRY_MS;
  return [
    protocol,
    ...(decisions === 'kafka' ? ['on kafka'] : []),
    ...(options.voting === 'parallel' ? [IN_PARALLEL] : []),
    ...(isShort ? ['with a short expiry'] : []),
  ].join(' ');
}

/** Starts a protocol, injects the fault, measures, and stops it. */
export async function runCell({ fault, ...options }: CellOptions): Promise<Cell> {
  const cells: Cell[] = [];
  await runCells([{ ...options, faults: [fault] }], options, (cell) => void cells.push(cell));
  return cells[0]!;
}

/** Runs of one protocol, one fault after the other. */
export type CellPlan = Pick<CellOptions, 'protocol' | 'decisions' | 'options'> & { readonly faults: readonly Fault[] };

/** Starts the processes once, for several protocols with the same decision log, and empties the databases before each run. */
export async function runCells(
  plans: readonly CellPlan[],
  conditions: Pick<CellOptions, 'rate' | 'calmSeconds' | 'durationMs' | 'print'>,
  onCell: (cell: Cell) => void,
): Promise<void> {
  const [{ start }, { runOn }] = await Promise.all([import('../run/start.js'), import('../run/run.js')]);
  const { rate, print } = conditions;
  const faults = plans.flatMap((plan) => plan.faults);
  const shop = await usable(start({ ...plans[0]!, faults, dataDir: DATA_DIR, print }));
  const interrupted = () => void shop.stop().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    print(`${rate} orders/s, half of them hot`);
    for (const [nth, plan] of plans.entries()) {
      const cell = cellName(plan);
      for (const [at, fault] of plan.faults.entries()) {
        if (nth + at > 0) await shop.clear?.(at === 0 ? plan : undefined);
        if (faults.length > 1) print(`— ${cell}, ${fault}`);
        const seen = await runOn(shop, { ...conditions, fault });
        onCell({ cell, fault, seen, measured: vectorOf(seen, fault), unmet: unmetExpectations(cell, fault, seen) });
      }
    }
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await shop.stop();
  }
}

/** Prints progress with the seconds since the start, to stderr: stdout contains only the result. */
export function progress(): (line: string) => void {
  const began = performance.now();
  return (line) => console.error(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
}
