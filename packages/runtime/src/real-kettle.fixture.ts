import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboxMigrations } from '@quadrille/inbox';
import { outboxMigrations } from '@quadrille/outbox';
import { poolOptions } from '@quadrille/postgres';
import { Pool, type PoolConfig } from 'pg';
import { CREATE_POTS, kettle, type World } from './kettle.fixture.js';
import { migrate } from './migrate.js';
import { runnerMigrations } from './migrations.js';
import { Runner } from './runner.js';
import type { RunnerOptions } from './runner-options.js';

export const LOCK_TIMEOUT_MS = 1_000;

const BOUNDS = {
  DATABASE_CONNECT_TIMEOUT_MS: 2_000,
  STATEMENT_TIMEOUT_MS: 5_000,
  LOCK_TIMEOUT_MS,
  IDLE_IN_TRANSACTION_TIMEOUT_MS: 20_000,
};

/** The required part of a server. */
interface Server {
  readonly port: number;
  createService(name: string, password: string): Promise<string>;
  url(database: string, role: string): string;
  stop(): Promise<void>;
}

type StartPostgres = (options: { readonly dataDir: string }) => Promise<Server>;

interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** The kettle on a PostgreSQL server of its own, for specs that break something. */
export class RealKettle {
  readonly world: World = { pourable: async () => {}, decidable: () => {} };
  readonly lines: LogLine[] = [];
  private readonly runners: Runner[] = [];
  private readonly pools: Pool[] = [];

  private constructor(
    private readonly folder: string,
    readonly postgres: Server,
    readonly url: string,
    /** The role that owns the server: for operator actions. */
    readonly admin: Pool,
  ) {}

  /** The spec passes the function that starts a server: only specs may depend on it. */
  static async start(startPostgres: StartPostgres): Promise<RealKettle> {
    const folder = mkdtempSync(join(tmpdir(), 'quadrille-kettle-'));
    const postgres = await startPostgres({ dataDir: folder });
    const url = await postgres.createService('kettle', 'secret');
    await migrate(url, [...outboxMigrations, ...inboxMigrations, ...runnerMigrations]);
    const admin = new Pool({ connectionString: postgres.url('kettle', 'postgres') });
    admin.on('error', () => {});
    const made = new RealKettle(folder, postgres, url, admin);
    await made.rows(CREATE_POTS);
    await made.rows('alter table pots owner to kettle');
    return made;
  }

  /** A pool like that of a service, optionally with other settings. */
  pool(changes: PoolConfig = {}): Pool {
    const made = new Pool({ connectionString: this.url, max: 5, ...poolOptions(BOUNDS), ...changes });
    made.on('error', () => {});
    this.pools.push(made);
    return made;
  }

  runner(pool = this.pool(), changes: Partial<RunnerOptions> = {}): Runner {
    const log = (level: LogLine['level']) => (fields: object, message: string) =>
      void this.lines.push({ level, fields: { ...fields }, message });
    const made = new Runner({
      definition: kettle({
        pourable: (cups) => this.world.pourable(cups),
        decidable: (cups) => this.world.decidable(cups),
      }),
      pool,
      gateways: undefined,
      log: { info: log('info'), warn: log('warn'), error: log('error') } as RunnerOptions['log'],
      limits: {
        ...{
          batchMaxInputs: 500,
          idempotencySeconds: 3_600,
          deadlineSeconds: 3_600,
          deadlinePollMs: 10,
          redrivePollMs: 10,
        },
        ...{ redriveMaxKeys: 50, callTimeoutMs: 1_000 },
      },
      ...changes,
    });
    this.runners.push(made);
    return made;
  }

  /** Runs SQL as the operator, regardless of the service's grants. */
  rows = async <Row extends object = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await this.admin.query(sql, values)).rows;

  /** The cups of each pot. */
  async cups(): Promise<Record<string, number>> {
    const rows = await this.rows<{ pot: string; cups: number }>('select pot, cups from pots order by pot');
    return Object.fromEntries(rows.map(({ pot, cups }) => [pot, cups]));
  }

  parked = () =>
    this.rows<{ key: string; state: string; code: string }>('select key, state, code from parked order by id');

  async fresh(): Promise<void> {
    await Promise.all(this.runners.splice(0).map((each) => each.stop()));
    await Promise.all(this.pools.splice(0).map((each) => each.end()));
    this.lines.length = 0;
    Object.assign(this.world, { pourable: async () => {}, decidable: () => {} });
    await this.rows('truncate pots, inbox, outbox, parked, parked_audit, deadlines, idempotency_keys');
  }

  async stop(): Promise<void> {
    await this.fresh();
    await this.admin.end();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const TIMEOUT_MS = 20_000;

/** Waits until the condition holds. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const since = Date.now(); !(await holds()); await new Promise((resolve) => setTimeout(resolve, 10))) {
    if (Date.now() - since > TIMEOUT_MS)
      throw new Error(`The condition did not hold within ${TIMEOUT_MS} ms: ${what}.`);
  }
}
