import type { OutboxRecord } from './append.js';
import { type BlockedTopics, fullJitter } from './blocked-topics.js';
import { type Delivered, deliver, SendHangs, untilAborted, withoutExcess } from './delivery.js';
import { countAttempt, type PendingRow } from './queue.js';
import type { RelayState } from './relay-health.js';
import type { RelayLimits, RelayOptions } from './relay-options.js';
import type { Session } from './session.js';
import { settleSplit } from './settle-split.js';
import { causeOf } from './unsendable.js';

/** Interval in ms of logging the same cause. */
const LOG_AGAIN_AFTER_MS = 60_000;

/** Sends the rows of a session, and handles records without acknowledgement. */
export class Dispatch {
  #logged = { reason: '', at: Number.NEGATIVE_INFINITY };

  constructor(
    private readonly options: RelayOptions,
    private readonly limits: RelayLimits,
    private readonly state: RelayState,
    private readonly blocked: BlockedTopics,
    private readonly abandon: AbortSignal,
  ) {}

  /** Returns the rows that are done and not yet deleted. */
  async send(
    session: Session,
    rows: readonly PendingRow[],
    isOpen = ({ topic }: OutboxRecord): boolean => !this.blocked.has(topic),
  ): Promise<readonly PendingRow[]> {
    const began = performance.now();
    let delivered: Delivered | undefined;
    try {
      delivered = await deliver(this.options, rows, isOpen, this.limits.sendTimeoutMs, this.abandon);
    } catch (error) {
      if (error instanceof SendHangs) throw error;
      await countAttempt(session.client, rows);
      this.state.sendFailures += 1;
      await this.afterFailure(error, this.state.sendFailures, 'records not sent; will be retried');
      return [];
    }
    if (!delivered) return [];
    const { acknowledged } = delivered;
    if (acknowledged > 0) {
      this.state.acknowledged();
      this.options.observe?.sent?.({ rows: acknowledged, seconds: (performance.now() - began) / 1_000 });
    }
    if (!delivered.split) return rows;
    await this.#settleSplit(session, delivered);
    return [];
  }

  /** Stores records that wait for a topic, and records that can never be sent. */
  async #settleSplit(session: Session, { split, refused, error }: Delivered): Promise<void> {
    const now = performance.now();
    for (const [topic, cause] of refused) {
      if (this.blocked.isFull && !this.blocked.has(topic)) continue;
      if (!this.blocked.refused(topic, cause, now)) continue;
      this.options.log.warn({ topic, reason: cause }, 'topic blocked: its records wait, others continue');
    }
    if (refused.size > 0) this.options.observe?.failed?.(error);
    const rest = withoutExcess(split!, this.blocked, refused);
    await settleSplit(session.client, rest);
    session.evict([...rest.done, ...rest.waiting]);
    if (rest.dead.length === 0) return;
    const keys = rest.dead.map(({ record }) => record.key);
    this.options.log.error({ err: error, keys }, 'records moved to outbox_dead: they can never be sent');
    this.options.observe?.deadLettered?.(rest.dead.length);
  }

  /** Retries a blocked topic that is due. Returns the rows that are done and not yet deleted. */
  async tryBlocked(session: Session): Promise<readonly PendingRow[]> {
    const began = performance.now();
    const topic = this.state.paused ? undefined : this.blocked.due(began);
    if (topic === undefined) return [];
    const rows = await session.nextHeld(topic);
    if (rows.length === 0) {
      this.blocked.open(topic);
      this.options.log.info({ topic }, 'topic unblocked');
      return [];
    }
    const refusals = this.blocked.tries(topic);
    const done = await this.send(session, rows, (record) => record.topic === topic);
    const now = performance.now();
    if (this.blocked.tries(topic) > refusals) this.blocked.rest(now - began, now);
    else this.blocked.goesOn(topic, now);
    return done;
  }

  /** Logs a failure and pauses, longer with each consecutive one. */
  async afterFailure(error: unknown, failures: number, message: string): Promise<void> {
    const reason = causeOf(error);
    this.state.failed(reason);
    // A persistent failure would log hundreds of lines. The stack trace is in the debug line.
    const isNews = reason !== this.#logged.reason || performance.now() - this.#logged.at >= LOG_AGAIN_AFTER_MS;
    if (isNews) this.#logged = { reason, at: performance.now() };
    this.options.log[isNews ? 'warn' : 'debug']({ reason, consecutiveFailures: failures }, message);
    this.options.log.debug({ err: error }, message);
    this.options.observe?.failed?.(error);
    const { backoffBaseMs, backoffCapMs } = this.limits;
    await this.#rest(fullJitter(failures, backoffBaseMs, backoffCapMs));
  }

  async #rest(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const rested = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await untilAborted(rested, this.abandon);
    clearTimeout(timer);
  }
}
