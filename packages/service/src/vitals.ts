import type { KafkaHealth } from '@quadrille/kafka';
import type { Pool } from 'pg';
import { guardsOfThisProcess } from './outside.js';

/** How one part of the service is. */
export interface PartHealth {
  readonly ok: boolean;
  readonly [detail: string]: unknown;
}

/** What probes are told: `ok` when every part that counts is. */
export interface Health {
  readonly ok: boolean;
  readonly service: string;
  readonly parts: Readonly<Record<string, PartHealth>>;
}

/** Where the vitals are taken. What a service does not have is absent. */
export interface VitalSigns {
  readonly service: string;
  readonly pool: Pool;
  readonly consumer?: { health(): KafkaHealth };
  readonly relay?: { health(): object };
  /** A consumer that was not heard of for so long is wedged. */
  readonly silentAfterMs: number;
}

const DATABASE_ANSWERS_WITHIN_MS = 2_000;

/** Takes the vitals of a running service. */
export class Vitals {
  /** Set once everything runs, and taken back when the service begins to stop. */
  serving = false;

  constructor(private readonly signs: VitalSigns) {}

  /** Is a restart of the process the remedy? Only a consumer that is wedged or given up says yes; an outage elsewhere does not. */
  async live(now = Date.now()): Promise<Health> {
    const { consumer } = this.signs;
    const parts = {
      process: { ok: true },
      ...(consumer && { consumer: await this.consumerLives(consumer.health(), now) }),
    };
    return this.health(parts);
  }

  /** Should requests come here? */
  async ready(): Promise<Health> {
    const { consumer, relay } = this.signs;
    return this.health({
      boot: { ok: this.serving },
      database: await this.databaseAnswers(),
      ...(consumer && { consumer: consumerRuns(consumer.health()) }),
      // A broker that is away does not keep us from taking requests: what we say waits in the outbox.
      ...(relay && { relay: { ok: true, ...relay.health() } }),
      ...Object.fromEntries(guardsOfThisProcess().map((guard) => [guard.name, { ok: true, ...guard.state() }])),
    });
  }

  private health(parts: Record<string, PartHealth>): Health {
    return { ok: Object.values(parts).every(({ ok }) => ok), service: this.signs.service, parts };
  }

  private async consumerLives(health: KafkaHealth, now: number): Promise<PartHealth> {
    const silentForMs = now - health.lastActivityAt;
    const silent = health.state === 'running' && silentForMs > this.signs.silentAfterMs;
    // While the database is away nothing can be committed: then a consumer that stands still is in order.
    const wedged = health.wedged && (await this.databaseAnswers()).ok;
    return { ok: health.state !== 'crashed' && !silent && !wedged, silentForMs, ...facts(health) };
  }

  private async databaseAnswers(): Promise<PartHealth> {
    const { pool } = this.signs;
    const connections = { connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), DATABASE_ANSWERS_WITHIN_MS);
    });
    const answer = pool.query('select 1').then(
      () => true,
      () => false,
    );
    const ok = await Promise.race([answer, late]);
    clearTimeout(timer);
    return { ok, ...connections };
  }
}

const consumerRuns = (health: KafkaHealth): PartHealth => ({
  ok: health.state === 'running' && !health.wedged,
  ...facts(health),
});

/**
 * What is wrong with a topic, a partition or a batch is told, and nothing is made of it: a restart would not bring it back, and requests
 * need none of them, so a service that refused them for that would make one fault everybody's.
 */
const facts = ({ lastActivityAt: _, ...told }: KafkaHealth) => told;
