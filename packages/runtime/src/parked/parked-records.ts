import type { Tx } from '@quadrille/choreography';
import { transaction } from '@quadrille/postgres';
import { PollingLoop } from '../polling-loop.js';
import type { ReadModel } from '../projection/apply-records.js';
import type { WorkHealth, WorkState } from '../work-health.js';
import { retryRecords } from './retry-records.js';

const POLL_MS = 500;
const MAX_KEYS = 100;

/** Parked records of a read model, for health checks. */
interface Waiting {
  readonly records: number;
  /** Key of the oldest parked record. */
  readonly key: string;
  readonly cause: string;
}

/** Retries records of locked keys until they are written. */
export class ParkedRecords {
  private readonly every: PollingLoop;
  private keys: number | undefined;
  private waiting: Waiting | undefined;

  constructor(
    private readonly model: ReadModel,
    private readonly work: WorkHealth,
  ) {
    this.every = new PollingLoop(
      POLL_MS,
      () => work.watch('redrive', this.round()),
      () => {},
    );
  }

  start(): void {
    this.every.start();
  }

  stop(): Promise<void> {
    return this.every.stop();
  }

  /** States of the read model, with its parked records. They are few and all others are written, so the service stays ready. */
  states(): Record<string, WorkState> {
    return { ...this.work.states(), ...(this.waiting && { parked: { ok: true, ...this.waiting } }) };
  }

  private async round(): Promise<boolean> {
    const { taken, next } = await retryRecords(this.model, MAX_KEYS, this.keys);
    this.keys = next;
    this.waiting = await transaction(this.model.pool, longestWaiting);
    return taken > 0;
  }
}

async function longestWaiting(tx: Tx): Promise<Waiting | undefined> {
  const { rows } = await tx.query<Waiting>(
    `select (select count(*)::int from parked) as records, key, left(cause, 500) as cause
     from parked order by id limit 1`,
  );
  return rows[0];
}
