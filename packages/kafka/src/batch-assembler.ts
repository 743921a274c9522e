import { setTimeout as pause } from 'node:timers/promises';
import { crashPoint } from '@quadrille/crash-points';
import { backoffMs, type Limits } from './limits.js';
import type { Log } from './log.js';
import type { IncomingRecord } from './record.js';

/** The fetched records of one partition. */
export interface PartitionBatch {
  readonly records: readonly IncomingRecord[];
  /** False once these records no longer belong to this member: the group rebalances, the topic is paused, the consumer stops. */
  isWanted(): boolean;
  /** The records up to and including this one are processed durably. Must not throw. */
  markProcessed(last: IncomingRecord): void;
}

interface Waiting {
  readonly fetched: PartitionBatch;
  /** The first unprocessed record. */
  from: number;
  inCall: boolean;
  readonly dismiss: () => void;
}

interface BatchSlice {
  readonly of: Waiting;
  readonly to: number;
}

/** A batch that has failed repeatedly. */
export interface FailingBatch {
  /** `topic/partition`, with the offset of the first record. */
  readonly places: readonly string[];
  readonly records: number;
  /** The number of attempts. */
  readonly attempts: number;
  /** Epoch milliseconds of the first attempt. */
  readonly since: number;
  readonly error: string;
}

type BatchAssemblerLimits = Pick<Limits, 'maxBatchRecords' | 'firstRetryMs' | 'retryCapMs'>;

/**
 * Combines the records of all partitions into one call at a time: records that arrive during a call form the next one. The order
 * within a partition is preserved. A call that rejects is repeated with the same records until it resolves or they no longer
 * belong to this member.
 */
export class BatchAssembler {
  readonly #waiting = new Set<Waiting>();
  #running = false;
  #inFlight = 0;
  #rest: AbortController | undefined;
  #failing: FailingBatch | undefined;
  #callsProcessed = 0;

  constructor(
    private readonly onRecords: (records: readonly IncomingRecord[]) => Promise<void>,
    private readonly limits: BatchAssemblerLimits,
    private readonly log: Log,
  ) {}

  /** Records in the current call, including one that waits for a retry. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls that resolved, since this assembler was created. */
  get callsProcessed(): number {
    return this.#callsProcessed;
  }

  /** The batch that failed in its last attempt; undefined while all is well. */
  get failing(): FailingBatch | undefined {
    return this.#failing;
  }

  /** Resolves when all these records are processed, or the rest no longer belongs to this member. */
  offer(batch: PartitionBatch): Promise<void> {
    return new Promise((dismiss) => {
      this.#waiting.add({ fetched: batch, from: 0, inCall: false, dismiss });
      if (this.#running) return;
      this.#running = true;
      // The partitions of one fetch are offered one after the other in this turn of the event loop.
      setImmediate(() => this.#run());
    });
  }

  /** Drops the records that no longer belong to this member: waiting ones now, those in the call when it ends. */
  recheck(): void {
    for (const one of this.#waiting) if (!one.inCall && !one.fetched.isWanted()) this.#dismiss(one);
    this.#rest?.abort();
  }

  /** Drops all records that no longer belong to this member, even those in a call that does not end. */
  abandon(): void {
    for (const one of this.#waiting) if (!one.fetched.isWanted()) this.#dismiss(one);
  }

  async #run(): Promise<void> {
    for (let slices = this.#take(); slices.length > 0; slices = this.#take()) await this.#call(slices);
    this.#running = false;
  }

  #take(): BatchSlice[] {
    this.recheck();
    const waiting = [...this.#waiting];
    const wanted = waiting.map((one) => one.fetched.records.length - one.from);
    const parts = divideBudget(wanted, this.limits.maxBatchRecords);
    return waiting.flatMap((of, at) => {
      if (wanted[at] === 0) this.#dismiss(of);
      return parts[at] === 0 ? [] : [{ of, to: of.from + parts[at]! }];
    });
  }

  async #call(slices: BatchSlice[]): Promise<void> {
    for (const { of } of slices) of.inCall = true;
    const remaining = await this.#callUntilProcessed(slices);
    this.#failing = undefined;
    for (const { of, to } of remaining) {
      of.fetched.markProcessed(of.fetched.records[to - 1]!);
      of.from = to;
      if (to === of.fetched.records.length) this.#dismiss(of);
    }
    for (const { of } of slices) of.inCall = false;
  }

  /** Calls the handler until it succeeds; returns the processed slices. */
  async #callUntilProcessed(slices: BatchSlice[]): Promise<BatchSlice[]> {
    for (let attempt = 0; ; attempt++) {
      const wanted = slices.filter(({ of }) => of.fetched.isWanted());
      if (wanted.length === 0) return [];
      const records = wanted.flatMap(({ of, to }) => of.fetched.records.slice(of.from, to));
      try {
        this.#inFlight = records.length;
        crashPoint('consumer.taken', this.onRecords);
        await this.onRecords(records);
        this.#callsProcessed++;
        crashPoint('consumer.processed', this.onRecords);
        return wanted;
      } catch (error) {
        const retryInMs = backoffMs(attempt, this.limits.firstRetryMs, this.limits.retryCapMs);
        const reason = error instanceof Error ? error.message : String(error);
        const since = this.#failing?.since ?? Date.now();
        const places = wanted.map(({ of }) => placeOf(of.fetched.records[of.from]!));
        this.#failing = { places, records: records.length, attempts: attempt + 1, since, error: reason };
        this.log.warn(
          { error: reason, records: records.length, attempt, retryInMs },
          'Records could not be processed.',
        );
        this.#rest = new AbortController();
        await pause(retryInMs, undefined, { signal: this.#rest.signal }).catch(() => {});
        this.#rest = undefined;
      } finally {
        this.#inFlight = 0;
      }
    }
  }

  #dismiss(one: Waiting): void {
    if (this.#waiting.delete(one)) one.dismiss();
  }
}

const placeOf = ({ topic, partition, offset }: IncomingRecord): string => `${topic}/${partition}@${offset}`;

/**
 * Divides a budget fairly: all get an equal part, and the unused rest goes to the others. So a partition with a backlog does not
 * delay those with a few records (tulios/kafkajs#1732).
 */
export function divideBudget(wanted: readonly number[], budget: number): number[] {
  const given = wanted.map(() => 0);
  let left = budget;
  let unsatisfied = wanted.flatMap((want, at) => (want > 0 ? [at] : []));
  while (left > 0 && unsatisfied.length > 0) {
    const part = Math.max(1, Math.floor(left / unsatisfied.length));
    for (const at of unsatisfied) {
      const more = Math.min(part, wanted[at]! - given[at]!, left);
      given[at]! += more;
      left -= more;
    }
    unsatisfied = unsatisfied.filter((at) => given[at]! < wanted[at]!);
  }
  return given;
}
