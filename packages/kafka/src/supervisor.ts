import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerSessionOptions } from './consumer.js';
import type { ConsumerSession } from './consumer-session.js';
import { backoffMs, type Limits } from './limits.js';
import type { Log } from './log.js';
import { isRetriable } from './unreachable.js';

/** The state of a consumer: `starting` includes a replacement, `crashed` means that replacing was given up. */
export type ConsumerState = 'starting' | 'running' | 'stopped' | 'crashed';

const LOG_AGAIN_AFTER_MS = 60_000;
/** Different causes per minute; the rest is logged at debug. */
const LOGGED_CAUSES_MAX = 20;

type Hooks = Pick<ConsumerSessionOptions, 'onActivity' | 'onJoin' | 'onCrash'>;

/**
 * Supervises a consumer. kafkajs stops permanently at an error that it considers final, while the process lives on
 * (tulios/kafkajs#1443, #885): then a new member replaces it. Broker outages are waited out; after some consecutive restarts for
 * other errors the supervisor gives up.
 */
export class Supervisor {
  state: ConsumerState = 'stopped';
  session: ConsumerSession | undefined;
  /** Epoch milliseconds of the last fetch or heartbeat. */
  lastActivityAt = Date.now();
  #restarts = 0;
  #processedAtCrash = 0;
  #stop = new AbortController();
  #replacing: Promise<void> = Promise.resolve();
  /** When each cause of the last minute was logged, the oldest first. */
  #loggedAt = new Map<string, number>();

  constructor(
    private readonly makeSession: (hooks: Hooks) => ConsumerSession,
    private readonly limits: Limits,
    private readonly log: Log,
    private readonly onFatal: (error: Error) => void,
    /** Counts the calls that were processed: after one of them all restarts are allowed again. */
    private readonly callsProcessed: () => number,
  ) {}

  /** Starts the first member; throws if it cannot connect. */
  async start(): Promise<void> {
    this.#stop = new AbortController();
    this.state = 'starting';
    try {
      await this.#begin();
    } catch (error) {
      this.state = 'stopped';
      await this.session?.leave();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#replacing;
    await this.session?.leave();
    if (this.state !== 'crashed') this.state = 'stopped';
  }

  /** Replaces a silent member. */
  replaceSilent(): void {
    const silent = this.session;
    this.#crashed(silent, new Error(`The consumer was silent for ${Date.now() - this.lastActivityAt} ms.`), true);
  }

  async #begin(): Promise<void> {
    const session: ConsumerSession = this.makeSession({
      onActivity: () => {
        this.lastActivityAt = Date.now();
      },
      onJoin: () => {
        if (session === this.session) this.state = 'running';
      },
      onCrash: (error) => this.#crashed(session, error, isRetriable(error)),
    });
    this.session = session;
    await session.start();
  }

  #crashed(session: ConsumerSession | undefined, error: Error, passes: boolean): void {
    if (!session || session !== this.session || this.#stop.signal.aborted) return;
    const processed = this.callsProcessed();
    if (processed !== this.#processedAtCrash) this.#restarts = 0;
    this.#processedAtCrash = processed;
    if (!passes) this.#restarts++;
    this.#warn(error, { restarts: this.#restarts }, 'The consumer crashed and is replaced.');
    if (this.#restarts > this.limits.maxRestarts) {
      this.#giveUp(error);
      return;
    }
    this.state = 'starting';
    this.session = undefined;
    this.#replacing = this.#replace(session);
  }

  async #replace(dead: ConsumerSession): Promise<void> {
    await dead.leave();
    const { firstRetryMs, retryCapMs } = this.limits;
    for (let attempt = this.#restarts; !this.#stop.signal.aborted; attempt++) {
      await pause(backoffMs(attempt, firstRetryMs, retryCapMs), undefined, { signal: this.#stop.signal }).catch(
        () => {},
      );
      if (this.#stop.signal.aborted) return;
      try {
        return await this.#begin();
      } catch (error) {
        this.#warn(error as Error, { attempt }, 'The consumer could not restart; it retries.');
        await this.session?.leave();
      }
    }
  }

  /** Logs persistent errors, such as a rotated password, once per minute, also if two of them alternate. */
  #warn({ message: error }: Error, fields: object, what: string): void {
    const now = performance.now();
    for (const [cause, at] of this.#loggedAt) {
      if (now - at >= LOG_AGAIN_AFTER_MS) this.#loggedAt.delete(cause);
    }
    const cause = `${what} ${error}`;
    const isNews = !this.#loggedAt.has(cause) && this.#loggedAt.size < LOGGED_CAUSES_MAX;
    if (isNews) this.#loggedAt.set(cause, now);
    this.log[isNews ? 'warn' : 'debug']({ error, ...fields }, what);
  }

  #giveUp(error: Error): void {
    this.state = 'crashed';
    this.log.error({ error: error.message, restarts: this.#restarts }, 'The consumer failed permanently.');
    this.onFatal(error);
  }
}
