import { crashPoint } from '@quadrille/crash-points';
import { BlockedTopics } from './blocked-topics.js';
import { SendHangs } from './delivery.js';
import { Dispatch } from './dispatch.js';
import type { OutboxRow } from './outbox-row.js';
import { openOwn } from './own-connection.js';
import type { PendingRow } from './queue.js';
import { type RelayHealth, RelayState } from './relay-health.js';
import { DEFAULT_LIMITS, RELAY_REMOVE_WITHIN_MS, type RelayLimits, type RelayOptions } from './relay-options.js';
import { Session } from './session.js';
import { untilAborted } from './until-aborted.js';
import { WakeSignal } from './wake-signal.js';

/** Of topics that were blocked when this relay came: as many as it can try. */
const MAX_FOUND_TOPICS = 1_000;

/**
 * Sends what `append` left in the outbox, after its commit, in the order of each key, at least once. Relays of several
 * processes share the shards; one send is in flight at a time, and a row is removed only when the broker has acknowledged it. Records
 * of a topic that takes none are held back in the table; it is tried again now and then, and all others go on.
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

  /** Begins, also while the database is away. Once only. */
  start(): void {
    this.#state.turns();
    this.#running ??= this.#run();
  }

  /** What `appendedIn` gave, once it is committed: then it need not be read back. Optional, as the table has it. */
  cache(rows: readonly OutboxRow[]): void {
    this.#session?.cache(rows);
  }

  /** Says that something was committed. Cheap; often is once. */
  wake(): void {
    this.#wakeSignal.notify();
  }

  /** Sends what is there, at most for `drainTimeoutMs`, then gives up its shards. What is left is the next relay's. */
  async stop(drainTimeoutMs: number): Promise<void> {
    this.#stopping = true;
    this.#wakeSignal.notify();
    const timer = setTimeout(() => this.#abandon.abort(), drainTimeoutMs);
    await untilAborted(this.#running ?? Promise.resolve(), this.#abandon.signal);
    clearTimeout(timer);
  }

  /** Sends nothing more until `resume`, and keeps its shards: their rows wait. */
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
        const message = error instanceof SendHangs ? 'The relay begins anew.' : 'The outbox cannot be reached.';
        await this.#dispatch.afterFailure(error, this.#state.databaseFailures, message);
        this.#wakeSignal.notify();
      }
    }
  }

  /** Works on one connection until it is lost, then throws, or until nothing is left after `stop`. */
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
        // Between two surveys one statement removes what was sent and says what comes next.
        const taken = await this.#take(session, sent);
        if (this.#stopping && taken.length === 0) return;
        sent = taken.length > 0 ? await this.#dispatch.send(session, taken) : [];
        const tried = this.#stopping ? [] : await this.#dispatch.tryBlocked(session);
        if (tried.length > 0) sent = [...sent, ...tried];
        else if (taken.length === 0) await this.#wakeSignal.sleep(this.#limits.pollIntervalMs);
        // Nothing more was there: what was sent is removed when there is more, which at a steady load is soon.
        else if (sent.length > 0 && session.sawAll && !this.#stopping)
          await this.#wakeSignal.sleep(RELAY_REMOVE_WITHIN_MS);
      }
    } finally {
      this.#session = undefined;
      this.#state.heldShards = 0;
      await session.close();
    }
  }

  /** Removes what was sent, and takes what comes next. */
  async #take(session: Session, sent: readonly PendingRow[]): Promise<readonly PendingRow[]> {
    const due = session.isSurveyDue;
    let taken: PendingRow[] = [];
    if (sent.length > 0 || !(due || this.#state.paused)) taken = await session.next(sent);
    if (sent.length > 0) crashPoint('relay.removed', this.#options.pool);
    if (due) {
      await this.#survey(session);
      // What was taken before may be another's now.
      if (!this.#state.paused) taken = await session.next([]);
    }
    return this.#state.paused ? [] : taken;
  }

  async #survey(session: Session): Promise<void> {
    const { tookShards, oldestAgeMs, unheldShards } = await session.survey();
    const now = performance.now();
    if (tookShards) for (const topic of await session.heldTopics(MAX_FOUND_TOPICS)) this.#blocked.found(topic, now);
    const unheld = this.#state.surveyed(session.heldShards, oldestAgeMs, unheldShards);
    if (unheld.length > 0)
      this.#options.log.error({ shards: unheld }, 'No relay holds these shards; their records wait.');
  }

  #unreadable(id: string, cause: string): void {
    this.#state.unreadableRows += 1;
    this.#options.log.error({ row: id, reason: cause }, 'A row cannot be read; see outbox_dead.');
    this.#options.observe?.deadLettered?.(1);
  }
}
