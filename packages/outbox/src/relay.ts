import { crashPoint } from '@quadrille/crash-points';
import type { OutboxRow } from './append.js';
import { BlockedTopics } from './blocked-topics.js';
import { SendHangs, untilAborted } from './delivery.js';
import { Dispatch } from './dispatch.js';
import { openOwn } from './own-connection.js';
import type { OutboxRowRef, PendingRow, WaitingRead } from './queue.js';
import { type RelayHealth, RelayState } from './relay-health.js';
import { DEFAULT_LIMITS, type RelayLimits, type RelayOptions } from './relay-options.js';
import { Session } from './session.js';
import { WakeSignal } from './wake-signal.js';

/**
 * Publishes records of `append` after their commit, in the order of each key, at least once. Relays of several processes share
 * the shards. One send is in flight at a time, and a row is deleted only after the broker acknowledged it. Records of a blocked
 * topic are held back in the table and retried periodically; all others continue.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #limits: RelayLimits;
  readonly #wakeSignal = new WakeSignal();
  readonly #abandon = new AbortController();
  readonly #blocked: BlockedTopics;
  readonly #state: RelayState;
  readonly #dispatch: Dispatch;
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #found: readonly OutboxRowRef[] | undefined;
  #stopping = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#blocked = new BlockedTopics(this.#limits);
    this.#state = new RelayState(this.#limits);
    this.#dispatch = new Dispatch(options, this.#limits, this.#state, this.#blocked, this.#abandon.signal);
  }

  /** Starts the relay, also while the database is unavailable. Call it once. */
  start(): void {
    this.#state.turns();
    this.#running ??= this.#run();
  }

  /**
   * Caches the rows of `appendedIn` after their commit, so that the relay need not read them. Optional: the table has them as
   * well.
   */
  cache(rows: readonly OutboxRow[]): void {
    this.#session?.cache(rows);
  }

  /** Signals a commit. Cheap; repeated calls count once. */
  wake(): void {
    this.#found = undefined;
    this.#wakeSignal.notify();
  }

  /**
   * A read to send with a commit, so that the relay need not read after it. Undefined unless the relay is idle: then call `wake`
   * after the commit.
   */
  waitingRead(): WaitingRead | undefined {
    const session = this.#session;
    if (!session || !this.#wakeSignal.isAsleep || session.isSurveyDue || this.#state.paused) return undefined;
    const { sleeps } = this.#wakeSignal;
    const found = (rows: readonly OutboxRowRef[] | undefined) => {
      // Rows of a commit without this read may be missing in it, if a signal came first.
      const signal = this.#wakeSignal;
      const wasIdle = signal.isAsleep && signal.sleeps === sleeps && !signal.isNotified;
      this.wake();
      if (wasIdle) this.#found = rows;
    };
    return { ...session.waitingRead(), found };
  }

  /** Sends waiting records for at most `drainTimeoutMs`, then releases its shards. The next relay sends the rest. */
  async stop(drainTimeoutMs: number): Promise<void> {
    this.#stopping = true;
    this.#wakeSignal.notify();
    const timer = setTimeout(() => this.#abandon.abort(), drainTimeoutMs);
    await untilAborted(this.#running ?? Promise.resolve(), this.#abandon.signal);
    clearTimeout(timer);
  }

  /** Stops sending until `resume`, without releasing its shards: their rows wait. */
  pause(): void {
    this.#state.paused = true;
  }

  resume(): void {
    this.#state.paused = false;
    this.#wakeSignal.notify();
  }

  health(): RelayHealth {
    return this.#state.health(this.#blocked.list(), this.#running !== undefined && !this.#stopping);
  }

  async #run(): Promise<void> {
    for (;;) {
      try {
        return await this.#serve();
      } catch (error) {
        if (this.#abandon.signal.aborted) return;
        this.#state.databaseFailures += 1;
        const message =
          error instanceof SendHangs ? 'relay reconnects: a send hangs' : 'outbox not reached; will be retried';
        await this.#dispatch.afterFailure(error, this.#state.databaseFailures, message);
        this.#wakeSignal.notify();
      }
    }
  }

  /** Runs on one connection until it is lost (then throws), or until no row is left after `stop`. */
  async #serve(): Promise<void> {
    const lost = () => this.#wakeSignal.notify();
    const { pool, connect = () => openOwn(pool, this.#limits.statementTimeoutMs, lost) } = this.#options;
    this.#state.turns();
    const session = await Session.open(await connect(lost), this.#limits, (id, cause) => this.#unreadable(id, cause));
    this.#session = session;
    try {
      while (!this.#abandon.signal.aborted) {
        this.#state.turns();
        const taken = await this.#take(session);
        if (this.#stopping && taken.length === 0) return;
        if (taken.length > 0) session.acknowledged.add(await this.#dispatch.send(session, taken));
        const tried = this.#stopping ? [] : await this.#dispatch.tryBlocked(session);
        session.acknowledged.add(tried);
        if (tried.length > 0) continue;
        // No more rows wait. Sent ones are deleted by the next read, or soon.
        const sentAll = !session.acknowledged.isEmpty && session.sawAll && !this.#stopping;
        if (taken.length === 0 || sentAll)
          await this.#wakeSignal.sleep(Math.min(this.#limits.pollIntervalMs, session.acknowledged.removesWithinMs));
      }
    } finally {
      this.#session = undefined;
      this.#found = undefined;
      this.#state.heldShards = 0;
      await session.close();
    }
  }

  /** Takes rows that were read with a commit; or deletes the sent rows, and reads the next ones. */
  async #take(session: Session): Promise<readonly PendingRow[]> {
    const due = session.isSurveyDue;
    const found = this.#found;
    this.#found = undefined;
    const accepted = found && !due && !this.#state.paused && !this.#stopping ? session.accept(found) : undefined;
    if (accepted) return accepted;
    let taken: PendingRow[] = [];
    const removes = !session.acknowledged.isEmpty;
    if (removes || !(due || this.#state.paused)) taken = await session.next();
    if (removes) crashPoint('relay.removed', this.#options.pool);
    if (due) {
      await this.#survey(session);
      // Another relay may have taken over these shards.
      if (!this.#state.paused) taken = await session.next();
    }
    return this.#state.paused ? [] : taken;
  }

  async #survey(session: Session): Promise<void> {
    const { topics, oldestAgeMs, unheldShards } = await session.survey();
    const now = performance.now();
    for (const topic of topics) this.#blocked.found(topic, now);
    const unheld = this.#state.surveyed(session.heldShards, oldestAgeMs, unheldShards);
    if (unheld.length > 0) this.#options.log.error({ shards: unheld }, 'shards held by no relay: their records wait');
  }

  #unreadable(id: string, cause: string): void {
    this.#state.unreadableRows += 1;
    this.#options.log.error({ row: id, reason: cause }, 'unreadable row moved to outbox_dead');
    this.#options.observe?.deadLettered?.(1);
  }
}
