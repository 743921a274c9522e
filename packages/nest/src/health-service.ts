import type { KafkaHealth } from '@quadrille/kafka';
import type { RelayHealth } from '@quadrille/outbox';
import { messageOf } from '@quadrille/postgres';
import { policiesOfThisProcess, type WorkHealth } from '@quadrille/runtime';
import type { Pool } from 'pg';

/** The health of one component of the service. */
export interface ComponentHealth {
  readonly ok: boolean;
  readonly [detail: string]: unknown;
}

/** The response to probes: `ok` if every relevant component is. The relay is always reported, but relevant for liveness only. */
export interface Health {
  readonly ok: boolean;
  readonly service: string;
  readonly parts: Readonly<Record<string, ComponentHealth>>;
}

/** The components to check. Those that a service does not have are absent. */
export interface HealthSources {
  readonly service: string;
  readonly pool: Pool;
  /** The database of the keys of personal data. */
  readonly keysPool?: Pool;
  readonly consumer?: { health(): KafkaHealth };
  readonly relay?: { health(): Pick<RelayHealth, 'ok' | 'hangs' | 'silentForMs'> };
  /** The state of batches, deadlines and retries. */
  readonly work?: Pick<WorkHealth, 'states' | 'isFailing'>;
  /** A consumer without activity for this time is stalled. */
  readonly silentAfterMs: number;
}

const DATABASE_ANSWERS_WITHIN_MS = 2_000;
/** Also false on a standby. */
const IS_WRITABLE = `select current_setting('transaction_read_only') = 'off' as writable`;

/** Checks the health of a running service. */
export class HealthService {
  /** Set once everything runs, and reset when the shutdown begins. */
  serving = false;

  constructor(private readonly sources: HealthSources) {}

  /**
   * Liveness: fails only if restarting the process would help. That holds for a consumer that is stalled or given up, and a relay
   * whose loop hangs, but not for an outage elsewhere.
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
   * Readiness: fails if requests should go elsewhere. A relay that sends nothing is reported in its component but does not make
   * the service unready: events wait in the outbox, and no other instance would send them better. Otherwise an outage of the
   * broker, or of one topic, would also stop the reads and the requests of all instances.
   */
  async ready(): Promise<Health> {
    const { pool, keysPool, consumer, relay, work } = this.sources;
    const [database, personalDataKeys] = await Promise.all([answers(pool), keysPool && answers(keysPool)]);
    const parts = {
      boot: { ok: this.serving },
      database,
      ...(personalDataKeys && { personalDataKeys }),
      ...(consumer && { consumer: consumerRuns(consumer.health()) }),
      ...work?.states(),
      ...Object.fromEntries(policiesOfThisProcess().map((guard) => [guard.name, { ok: true, ...guard.state() }])),
    };
    return this.health(parts, relay && { relay: { ...relay.health() } });
  }

  /** `logged`: reported, but not relevant. */
  private health(parts: Record<string, ComponentHealth>, details: Record<string, ComponentHealth> = {}): Health {
    const ok = Object.values(parts).every((part) => part.ok);
    return { ok, service: this.sources.service, parts: { ...parts, ...details } };
  }

  private async consumerLives(health: KafkaHealth, now: number): Promise<ComponentHealth> {
    const silentForMs = now - health.lastActivityAt;
    const silent = health.state === 'running' && silentForMs > this.sources.silentAfterMs;
    // A known repeated failure is no hang: a consumer that waits for it is healthy.
    const isFailing = this.sources.work?.isFailing('batches', 'offsets') === true;
    const stalled = health.stalled && !isFailing && (await answers(this.sources.pool)).ok;
    return { ok: health.state !== 'crashed' && !silent && !stalled, silentForMs, ...facts(health) };
  }
}

async function answers(pool: Pool): Promise<ComponentHealth> {
  const connections = { connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${DATABASE_ANSWERS_WITHIN_MS} ms`), DATABASE_ANSWERS_WITHIN_MS);
  });
  const cause = await Promise.race([whyNotWritable(pool).catch(messageOf), late]);
  clearTimeout(timer);
  return { ok: cause === undefined, ...connections, ...(cause !== undefined && { cause }) };
}

/**
 * Returns undefined if the database is writable. A connection to a read-only server is discarded: the next may lead elsewhere.
 */
async function whyNotWritable(pool: Pool): Promise<string | undefined> {
  const client = await pool.connect();
  let usable = false;
  // Without a listener, an error of the connection would end the process; the statement reports it.
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
  ok: health.state === 'running' && !health.stalled,
  ...facts(health),
});

/**
 * A fault of a topic, a partition or a batch is reported without effect on liveness and readiness: a restart would not fix it,
 * and requests do not depend on it, so that refusing them would spread one fault to all requests.
 */
const facts = ({ lastActivityAt: _, ...details }: KafkaHealth) => details;
