import { crashPoint } from '@quadrille/crash-points';
import type { Client } from 'pg';
import { fullJitter } from './backoff.js';
import { Bell } from './bell.js';
import { openOwn } from './own-connection.js';
import type { Parcel } from './parcel.js';
import { bury, countAttempt, type Waiting } from './queue.js';
import {
  DEFAULT_LIMITS,
  RELAY_REMOVE_WITHIN_MS,
  type RelayHealth,
  type RelayLimits,
  type RelayOptions,
} from './relay-options.js';
import { Session } from './session.js';
import { unsendableAmong } from './unsendable.js';
import { untilAborted } from './until-aborted.js';

/**
 * Sends what `append` left in the outbox, after its commit, in the order of each key, at least once. Relays of several
 * processes share the shards; one send is in flight at a time, and a row is removed only when the broker has acknowledged it.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #limits: RelayLimits;
  readonly #bell = new Bell();
  readonly #abandon = new AbortController();
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #stopping = false;
  #paused = false;
  #heldShards = 0;
  #lastSentAt: Date | null = null;
  #sendFailures = 0;
  #databaseFailures = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** Begins, also while the database is away. Once only. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** What `appendedIn` gave, once it is committed: then it need not be read back. Optional, as the table has it. */
  remember(parcels: readonly Parcel[]): void {
    this.#session?.remember(parcels);
  }

  /** Says that something was committed. Cheap; often is once. */
  wake(): void {
    this.#bell.ring();
  }

  /** Sends what is there, at most for `drainTimeoutMs`, then gives up its shards. What is left is the next relay's. */
  async stop(drainTimeoutMs: number): Promise<void> {
    this.#stopping = true;
    this.#bell.ring();
    const timer = setTimeout(() => this.#abandon.abort(), drainTimeoutMs);
    await untilAborted(this.#running ?? Promise.resolve(), this.#abandon.signal);
    clearTimeout(timer);
  }

  /** Sends nothing more until `resume`, and keeps its shards: their rows wait. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#bell.ring();
  }

  health(): RelayHealth {
    return {
      heldShards: this.#heldShards,
      lastSentAt: this.#lastSentAt,
      consecutiveFailures: this.#sendFailures + this.#databaseFailures,
      paused: this.#paused,
    };
  }

  async #run(): Promise<void> {
    for (;;) {
      try {
        return await this.#serve();
      } catch (error) {
        if (this.#abandon.signal.aborted) return;
        this.#databaseFailures += 1;
        await this.#afterFailure(error, this.#databaseFailures, 'The outbox cannot be reached.');
      }
    }
  }

  /** Works on one connection until it is lost, then throws, or until nothing is left after `stop`. */
  async #serve(): Promise<void> {
    const lost = () => this.#bell.ring();
    const { pool, connect = () => openOwn(pool, this.#limits.statementTimeoutMs, lost) } = this.#options;
    const session = await Session.open(await connect(lost), this.#limits);
    this.#session = session;
    try {
      let sent: readonly Waiting[] = [];
      while (!this.#abandon.signal.aborted) {
        // Between two surveys one statement removes what was sent and says what comes next.
        const taken = await this.#take(session, sent);
        if (this.#stopping && taken.length === 0) return;
        sent = taken.length > 0 ? await this.#send(session, taken) : [];
        if (taken.length === 0) await this.#bell.sleep(this.#limits.pollIntervalMs);
        // Nothing more was there: what was sent is removed when there is more, which at a steady load is soon.
        else if (sent.length > 0 && session.sawAll && !this.#stopping) await this.#bell.sleep(RELAY_REMOVE_WITHIN_MS);
      }
    } finally {
      this.#session = undefined;
      this.#heldShards = 0;
      await session.close();
    }
  }

  /** Removes what was sent, and takes what comes next. */
  async #take(session: Session, sent: readonly Waiting[]): Promise<readonly Waiting[]> {
    const due = session.isSurveyDue;
    let taken: Waiting[] = [];
    if (sent.length > 0 || !(due || this.#paused)) taken = await session.next(sent);
    if (sent.length > 0) crashPoint('relay.removed', this.#options.pool);
    if (due) {
      await session.survey();
      this.#databaseFailures = 0;
      this.#heldShards = session.heldShards;
      // What was taken before may be another's now.
      if (!this.#paused) taken = await session.next([]);
    }
    return this.#paused ? [] : taken;
  }

  /** Says which of the rows are done. */
  async #send(session: Session, rows: readonly Waiting[]): Promise<readonly Waiting[]> {
    const records = rows.flatMap((row) => row.records);
    const began = performance.now();
    crashPoint('relay.taken', this.#options.pool);
    try {
      await untilAborted(this.#options.send(records), this.#abandon.signal);
    } catch (error) {
      await this.#refused(session.client, rows, error);
      return [];
    }
    if (this.#abandon.signal.aborted) return [];
    crashPoint('relay.acknowledged', this.#options.pool);
    this.#sendFailures = 0;
    this.#lastSentAt = new Date();
    this.#options.observe?.sent?.({ rows: records.length, seconds: (performance.now() - began) / 1_000 });
    return rows;
  }

  async #refused(client: Client, rows: readonly Waiting[], error: unknown): Promise<void> {
    const each = rows.flatMap(({ id, records }) => records.map((record) => ({ id, record })));
    const unsendable = unsendableAmong(each, error);
    if (!unsendable) {
      await countAttempt(client, rows);
      this.#sendFailures += 1;
      return this.#afterFailure(error, this.#sendFailures, 'Records were not sent; they wait.');
    }
    const { dead, cause } = unsendable;
    await bury(client, rows, dead, cause);
    this.#sendFailures = 0;
    this.#options.log.error(
      { err: error, keys: dead.map(({ record }) => record.key) },
      'Records can never be sent; see outbox_dead.',
    );
    this.#options.observe?.buried?.(dead.length);
  }

  async #afterFailure(error: unknown, failures: number, message: string): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    // Weather comes in hundreds of lines; where it arose is for who looks closer.
    this.#options.log.warn({ reason, consecutiveFailures: failures }, message);
    this.#options.log.debug({ err: error }, message);
    this.#options.observe?.failed?.(error);
    const { backoffBaseMs, backoffCapMs } = this.#limits;
    await this.#rest(fullJitter(failures, backoffBaseMs, backoffCapMs));
    this.#bell.ring();
  }

  async #rest(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const rested = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await untilAborted(rested, this.#abandon.signal);
    clearTimeout(timer);
  }
}
