import type { KafkaHealth } from '@quadrille/kafka';
import type { RelayHealth } from '@quadrille/outbox';
import { messageOf } from '@quadrille/postgres';
import { policiesOfThisProcess, type WorkHealth } from '@quadrille/runtime';
import type { Pool } from 'pg';

/** How one part of the service is. */
export interface ComponentHealth {
  readonly ok: boolean;
  readonly [detail: string]: unknown;
}

/** What probes are told: `ok` when every part that counts is. The relay tells how it is, and counts for liveness alone. */
export interface Health {
  readonly ok: boolean;
  readonly service: string;
  readonly parts: Readonly<Record<string, ComponentHealth>>;
}

/** Where the vitals are taken. What a service does not have is absent. */
export interface HealthSources {
  readonly service: string;
  readonly pool: Pool;
  readonly consumer?: { health(): KafkaHealth };
  readonly relay?: { health(): Pick<RelayHealth, 'ok' | 'hangs' | 'silentForMs'> };
  /** How batches, clocks and what is tried again go. */
  readonly work?: Pick<WorkHealth, 'states' | 'isFailing'>;
  /** A consumer that was not heard of for so long is wedged. */
  readonly silentAfterMs: number;
}

const DATABASE_ANSWERS_WITHIN_MS = 2_000;
/** False on a standby, too. */
const IS_WRITABLE = `select current_setting('transaction_read_only') = 'off' as writable`;

/** Takes the vitals of a running service. */
export class HealthService {
  /** Set once everything runs, and taken back when the service begins to stop. */
  serving = false;

  constructor(private readonly sources: HealthSources) {}

  /**
   * Is a restart of the process the remedy? A consumer that is wedged or given up says yes, and a relay whose loop hangs; an outage
   * elsewhere does not.
   */
  async live(now = Date.now()): Promise<Health> {
    const { consumer, relay } = this.sources;
    const parts = {
      process: { ok: true },
      ...(consumer && { consumer: await this.consumerLives(consumer.health(), now) }),
      ...(relay && { relay: relayLives(relay.health()) }),
    };
    return this.health(parts);
  }

  /**
   * Should requests come here? A relay that sends nothing says so in its part and keeps nobody away: what we say waits in the outbox, and
   * no instance sends to that broker better than we do. Were we not ready, an outage of the broker, or of one topic, would take the reads and the
   * requests of all instances with it.
   */
  async ready(): Promise<Health> {
    const { consumer, relay, work } = this.sources;
    const parts = {
      boot: { ok: this.serving },
      database: await this.databaseAnswers(),
      ...(consumer && { consumer: consumerRuns(consumer.health()) }),
      ...work?.states(),
      ...Object.fromEntries(policiesOfThisProcess().map((guard) => [guard.name, { ok: true, ...guard.state() }])),
    };
    return this.health(parts, relay && { relay: { ...relay.health() } });
  }

  /** `logged`: does not count. */
  private health(parts: Record<string, ComponentHealth>, told: Record<string, ComponentHealth> = {}): Health {
    const ok = Object.values(parts).every((part) => part.ok);
    return { ok, service: this.sources.service, parts: { ...parts, ...told } };
  }

  private async consumerLives(health: KafkaHealth, now: number): Promise<ComponentHealth> {
    const silentForMs = now - health.lastActivityAt;
    const silent = health.state === 'running' && silentForMs > this.sources.silentAfterMs;
    // What fails again and again for a cause that is known does not hang: then a consumer that stands still is in order.
    const isFailing = this.sources.work?.isFailing('batches', 'offsets') === true;
    const wedged = health.wedged && !isFailing && (await this.databaseAnswers()).ok;
    return { ok: health.state !== 'crashed' && !silent && !wedged, silentForMs, ...facts(health) };
  }

  private async databaseAnswers(): Promise<ComponentHealth> {
    const { pool } = this.sources;
    const connections = { connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(
        () => resolve(`no answer within ${DATABASE_ANSWERS_WITHIN_MS} ms`),
        DATABASE_ANSWERS_WITHIN_MS,
      );
    });
    const cause = await Promise.race([whyNotWritable(pool).catch(messageOf), late]);
    clearTimeout(timer);
    return { ok: cause === undefined, ...connections, ...(cause !== undefined && { cause }) };
  }
}

/** Undefined when the database takes changes. A connection to one that does not is thrown away: the next may lead elsewhere. */
async function whyNotWritable(pool: Pool): Promise<string | undefined> {
  const client = await pool.connect();
  let usable = false;
  // Who has a connection hears of its end, or the process ends with it; the statement tells.
  client.on('error', ignore);
  try {
    const { rows } = await client.query<{ writable: boolean }>(IS_WRITABLE);
    usable = rows[0]?.writable === true;
    return usable ? undefined : 'the database is read-only';
  } finally {
    client.off('error', ignore);
    client.release(!usable);
  }
}

const ignore = (): void => {};

const relayLives = ({ hangs, silentForMs }: Pick<RelayHealth, 'hangs' | 'silentForMs'>): ComponentHealth => ({
  ok: !hangs,
  silentForMs,
});

const consumerRuns = (health: KafkaHealth): ComponentHealth => ({
  ok: health.state === 'running' && !health.wedged,
  ...facts(health),
});

/**
 * What is wrong with a topic, a partition or a batch is told, and nothing is made of it: a restart would not bring it back, and requests
 * need none of them, so a service that refused them for that would make one fault everybody's.
 */
const facts = ({ lastActivityAt: _, ...told }: KafkaHealth) => told;
