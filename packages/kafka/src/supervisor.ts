import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from './backoff.js';
import type { Limits } from './limits.js';
import type { Log } from './log.js';
import type { Member } from './member.js';
import type { Membership } from './membership.js';
import { isRetriable } from './unreachable.js';

/** What a consumer does: `starting` also while it is being replaced, `crashed` only when that was given up. */
export type ConsumerState = 'starting' | 'running' | 'stopped' | 'crashed';

type Hooks = Pick<Membership, 'onActivity' | 'onJoin' | 'onCrash'>;

/**
 * Keeps a consumer running. kafkajs stops for good at an error it calls final, while the process lives on (tulios/kafkajs#1443, #885):
 * then a new member takes its place. Broker outages are waited out; other errors are given up after some restarts in a row.
 */
export class Supervisor {
  state: ConsumerState = 'stopped';
  member: Member | undefined;
  /** Epoch milliseconds of the last fetch or heartbeat. */
  lastActivityAt = Date.now();
  #restarts = 0;
  #stop = new AbortController();
  #replacing: Promise<void> = Promise.resolve();

  constructor(
    private readonly makeMember: (hooks: Hooks) => Member,
    private readonly limits: Limits,
    private readonly log: Log,
    private readonly onFatal: (error: Error) => void,
  ) {}

  /** Starts the first member; throws when that does not connect. */
  async start(): Promise<void> {
    this.#stop = new AbortController();
    this.state = 'starting';
    try {
      await this.#begin();
    } catch (error) {
      this.state = 'stopped';
      await this.member?.leave();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#replacing;
    await this.member?.leave();
    if (this.state !== 'crashed') this.state = 'stopped';
  }

  /** Something went well: restarts are counted anew. */
  thrives(): void {
    this.#restarts = 0;
  }

  /** The member is silent: another one takes its place. */
  replaceSilent(): void {
    const silent = this.member;
    this.#crashed(silent, new Error(`The consumer was silent for ${Date.now() - this.lastActivityAt} ms.`), true);
  }

  async #begin(): Promise<void> {
    const member: Member = this.makeMember({
      onActivity: () => {
        this.lastActivityAt = Date.now();
      },
      onJoin: () => {
        if (member === this.member) this.state = 'running';
      },
      onCrash: (error) => this.#crashed(member, error, isRetriable(error)),
    });
    this.member = member;
    await member.start();
  }

  #crashed(member: Member | undefined, error: Error, passes: boolean): void {
    if (!member || member !== this.member || this.#stop.signal.aborted) return;
    if (!passes) this.#restarts++;
    this.log.warn({ error: error.message, restarts: this.#restarts }, 'The consumer crashed and is replaced.');
    if (this.#restarts > this.limits.maxRestarts) {
      this.#giveUp(error);
      return;
    }
    this.state = 'starting';
    this.member = undefined;
    this.#replacing = this.#replace(member);
  }

  async #replace(dead: Member): Promise<void> {
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
        this.log.warn(
          { error: (error as Error).message, attempt },
          'The consumer could not start again, trying later.',
        );
        await this.member?.leave();
      }
    }
  }

  #giveUp(error: Error): void {
    this.state = 'crashed';
    this.log.error({ error: error.message, restarts: this.#restarts }, 'The consumer is given up.');
    this.onFatal(error);
  }
}
