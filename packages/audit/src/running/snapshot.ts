import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { SAGA_SERVICES, type SagaService } from '@quadrille/contracts';
import pg from 'pg';
import { type Sources } from '../sources.js';

/** Timeouts in ms: a silent connection fails the pass, and the next pass opens another. */
const CONNECTS_WITHIN_MS = 10_000;
const ANSWERS_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 2_000;

/** A service with a database that the auditor reads. */
export type Audited = SagaService;

/**
 * A snapshot of each database, open until its end: all queries see that point in time. The order service's comes first: the
 * causes of an ending in it are in all later snapshots.
 */
export class Snapshot {
  private constructor(
    private readonly clients: ReadonlyMap<Audited, pg.Client>,
    /** Time by the clock of the order service's database. */
    readonly at: Date,
  ) {}

  /** Opens all snapshots or none: throws if a database cannot be read. */
  static async open({ databases, services = SAGA_SERVICES }: Sources): Promise<Snapshot> {
    const clients = new Map<Audited, pg.Client>();
    let at: Date | undefined;
    try {
      for (const service of SAGA_SERVICES.filter((name) => services.includes(name))) {
        const connectionString = databases[service];
        if (!connectionString) throw new Error(`The auditor needs the database of ${service}.`);
        const client = new pg.Client({
          connectionString,
          application_name: 'quadrille-audit',
          connectionTimeoutMillis: CONNECTS_WITHIN_MS,
          query_timeout: ANSWERS_WITHIN_MS,
        });
        // The next query reports a lost server.
        client.on('error', () => {});
        await client.connect();
        clients.set(service, client);
        await client.query('begin isolation level repeatable read read only');
        const { rows } = await client.query<{ at: Date }>('select clock_timestamp() as at');
        at ??= rows[0]!.at;
      }
      return new Snapshot(clients, at!);
    } catch (error) {
      await endAll(clients);
      throw error;
    }
  }

  get services(): readonly Audited[] {
    return [...this.clients.keys()];
  }

  has(service: string): service is Audited {
    return this.clients.has(service as Audited);
  }

  of(service: Audited): pg.Client {
    return this.clients.get(service)!;
  }

  end(): Promise<void> {
    return endAll(this.clients);
  }
}

async function endAll(clients: ReadonlyMap<Audited, pg.Client>): Promise<void> {
  await Promise.all([...clients.values()].map(end));
}

/** Closes the connection normally, or destroys it if the server is silent. */
async function end(client: pg.Client): Promise<void> {
  const over = new AbortController();
  const timedOut = pause(ENDS_WITHIN_MS, undefined, { signal: over.signal }).then(
    () => (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy(),
    () => {},
  );
  await Promise.race([client.end().catch(() => {}), timedOut]);
  over.abort();
}
