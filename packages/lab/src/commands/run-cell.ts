import { join } from 'node:path';
import type { Measured } from '../measure/measure.js';
import { vectorOf } from '../measure/vector.js';
import type { Claims } from '../protocol.js';
import type { ProtocolOptions } from '../protocols/all.js';
import { IN_ORDER, surprises } from '../report/expectations.js';
import type { Fault } from '../run/faults.js';
import { runOn } from '../run/run.js';
import { start } from '../run/start.js';

/** The data stays until the next run, so that an operator can resolve open orders. */
export const DATA_DIR = join(process.cwd(), '.quadrille', 'lab');

export interface CellOptions {
  readonly protocol: string;
  readonly fault: string;
  readonly decisions: 'postgres' | 'kafka';
  readonly options: ProtocolOptions;
  readonly rate: number;
  readonly calmSeconds: number;
  readonly lastsMs?: number;
  readonly say: (line: string) => void;
}

export interface Cell {
  readonly cell: string;
  readonly fault: string;
  readonly seen: Measured;
  readonly measured: Claims;
  /** Expectations that the run did not meet. */
  readonly surprises: readonly string[];
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
    ...(options.voting === 'in order' ? [IN_ORDER] : []),
    ...(isShort ? ['with a short expiry'] : []),
  ].join(' ');
}

/** Starts a protocol, injects the fault, measures, and stops it. */
export async function runCell({
  protocol,
  fault,
  decisions,
  options,
  rate,
  calmSeconds,
  lastsMs,
  say,
}: CellOptions): Promise<Cell> {
  const shop = await start({ protocol, options, decisions, fault, dataDir: DATA_DIR, say });
  const interrupted = () => void shop.stop().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    say(`${rate} orders/s, half of them hot`);
    const seen = await runOn(shop, {
      fault: fault.split(',')[0] as Fault,
      rate,
      calmSeconds,
      ...(lastsMs && { lastsMs }),
      say,
    });
    const cell = cellName({ protocol, decisions, options });
    const measured = vectorOf(seen, fault.split(',')[0] as Fault);
    return { cell, fault, seen, measured, surprises: surprises(cell, fault, seen) };
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
