import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Tx } from '../append.js';
import { outboxMigrations, Relay, type RelayOptions } from '../index.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The required part of a local server. */
interface LocalServer {
  createService(database: string, password: string): Promise<string>;
  stop(): Promise<void>;
}

/** An outbox on a PostgreSQL server of its own, with relays that end with the test. */
export class SpecOutbox {
  readonly #home = mkdtempSync(join(tmpdir(), 'quadrille-outbox-'));
  readonly #ends: (() => Promise<unknown>)[] = [];
  #server: LocalServer | undefined;
  pool!: pg.Pool;
  url!: string;

  constructor(private readonly startPostgres: (options: { dataDir: string }) => Promise<LocalServer>) {}

  async open(): Promise<void> {
    this.#server = await this.startPostgres({ dataDir: join(this.#home, 'postgres') });
    this.url = await this.#server.createService('outbox', 'outbox');
    const migrations = outboxMigrations;
    const source = await new DataSource({ type: 'postgres', url: this.url, migrations }).initialize();
    await source.runMigrations();
    await source.destroy();
    this.pool = new pg.Pool({ connectionString: this.url });
    this.pool.on('error', () => {});
  }

  async close(): Promise<void> {
    await this.pool?.end();
    await this.#server?.stop();
    rmSync(this.#home, { recursive: true });
  }

  async empty(): Promise<void> {
    await this.pool.query('truncate outbox, outbox_dead, outbox_dead_audit restart identity');
  }

  async endTest(): Promise<void> {
    await Promise.all(this.#ends.splice(0).map((end) => end()));
  }

  /** Runs each statement in a transaction of its own. */
  get tx(): Tx {
    return { query: (text, values = []) => this.pool.query(text, [...values]) as never };
  }

  async rows<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  startRelay(send: RelayOptions['send'], more: Partial<RelayOptions> = {}): Relay {
    const limits = { pollIntervalMs: 20, sharingIntervalMs: 20, backoffBaseMs: 5, backoffCapMs: 20, ...more.limits };
    const relay = new Relay({ pool: this.pool, send, log: silent, ...more, limits });
    relay.start();
    this.#ends.push(() => relay.stop(0));
    return relay;
  }
}

/** Waits until a condition holds. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}.`);
    await pause(10);
  }
}
