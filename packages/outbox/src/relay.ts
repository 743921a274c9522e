import { crashPoint } from '@quadrille/crash-points';
import type { OutboxRow } from './append.js';
import { BlockedTopics } from './blocked-topics.js';
import { SendHangs, untilAborted } from './delivery.js';
import { Dispatch } from './dispatch.js';
import { openOwn } from './own-connection.js';
import type { PendingRow } from './queue.js';
import { type RelayHealth, RelayState } from './relay-health.js';
import { DEFAULT_LIMITS, RELAY_REMOVE_WITHIN_MS, type RelayLimits, type RelayOptions } from './relay-options.js';
import { Session } from './session.js';

/** Maximum topics to retry that were blocked before this relay started. */
const MAX_FOUND_TOPICS = 1_000;

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
    this.#wakeSignal.notify();
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
      let sent: readonly PendingRow[] = [];
      while (!this.#abandon.signal.aborted) {
        this.#state.turns();
        // Between two surveys, one statement deletes sent rows and returns the next ones.
        const taken = await this.#take(session, sent);
        if (this.#stopping && taken.length === 0) return;
        sent = taken.length > 0 ? await this.#dispatch.send(session, taken) : [];
        const tried = this.#stopping ? [] : await this.#dispatch.tryBlocked(session);
        if (tried.length > 0) sent = [...sent, ...tried];
        else if (taken.length === 0) await this.#wakeSignal.sleep(this.#limits.pollIntervalMs);
        // No more rows waited. The next read deletes the sent ones, which under steady load is soon.
        else if (sent.length > 0 && session.sawAll && !this.#stopping)
          await this.#wakeSignal.sleep(RELAY_REMOVE_WITHIN_MS);
      }
    } finally {
      this.#session = undefined;
      this.#state.heldShards = 0;
      await session.close();
    }
  }

  /** Deletes sent rows, and reads the next ones. */
  async #take(session: Session, sent: readonly PendingRow[]): Promise<readonly PendingRow[]> {
    const due = session.isSurveyDue;
    let taken: PendingRow[] = [];
    if (sent.length > 0 || !(due || this.#state.paused)) taken = await session.next(sent);
    if (sent.length > 0) crashPoint('relay.removed', this.#options.pool);
    if (due) {
      await this.#survey(session);
      // Another relay may have taken over these shards.
      if (!this.#state.paused) taken = await session.next([]);
    }
    return this.#state.paused ? [] : taken;
  }

  async #survey(session: Session): Promise<void> {
    const { tookShards, oldestAgeMs, unheldShards } = await session.survey();
    const now = performance.now();
    if (tookShards) for (const topic of await session.heldTopics(MAX_FOUND_TOPICS)) this.#blocked.found(topic, now);
    const unheld = this.#state.surveyed(session.heldShards, oldestAgeMs, unheldShards);
    if (unheld.length > 0) this.#options.log.error({ shards: unheld }, 'shards held by no relay: their records wait');
  }

  #unreadable(id: string, cause: string): void {
    this.#state.unreadableRows += 1;
    this.#options.log.error({ row: id, reason: cause }, 'unreadable row moved to outbox_dead');
    this.#options.observe?.deadLettered?.(1);
  }
}

/** Wakes one sleeper. A signal without a sleeper makes the next sleep return at once; repeated signals count once. */
class WakeSignal {
  #notified = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#notified = true;
    this.#wake?.();
  }

  /** Resolves at the next signal, or after `ms`. */
  async sleep(ms: number): Promise<void> {
    if (!this.#notified) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#notified = false;
    this.#wake = undefined;
  }
}
