import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { KEY_BYTES } from './cipher.js';
import { coalesce } from './coalesce.js';
import { MasterKeys, WrongSecret } from './master-key.js';

/** Cached keys of one process. */
const MAX_CACHED_KEYS = 10_000;
/** Time in ms until a process notices that a key was erased. */
export const KEY_CACHE_MS = 60_000;
/** Its key is wrapped like the others and seals nothing: it shows whether the secret is the right one. */
const PROBE = '';
/** An advisory lock: two services that start at once would both create the table. */
const CREATION_LOCK = 7_226_172_018;

const CREATE = `
  create table if not exists data_keys (
    subject    text        primary key,
    key        bytea,
    created_at timestamptz not null default now(),
    erased_at  timestamptz,
    check ((key is null) = (erased_at is not null))
  )`;
/** The id of the secret that wrapped the key; null in rows that are older than this column. */
export const ADD_SECRET_ID = 'alter table data_keys add column if not exists wrapped_by text';
const FIND = 'select subject, key, wrapped_by as "wrappedBy" from data_keys where subject = any($1::text[])';
const INSERT = `
  insert into data_keys (subject, key, wrapped_by)
  select subject, key, $3 from unnest($1::text[], $2::bytea[]) as made (subject, key) order by subject
  on conflict (subject) do nothing
  returning subject`;
const ERASE = 'update data_keys set key = null, erased_at = now() where subject = $1 and key is not null';

/** The key of a person, or `erased`. */
export type DataKey = Buffer | 'erased';

/** The database of the keys does not answer, or no secret of this process opens the key. The cause is that error. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    const why = (cause as Error).message || String((cause as { code?: unknown }).code ?? cause);
    super(`The keys of personal data cannot be read: ${why}`, { cause });
    this.name = 'KeysUnavailable';
  }
}

/** The keys of persons, one per subject, in a database of their own. */
export class DataKeys {
  private readonly master: MasterKeys;
  private readonly cache = new LRUCache<string, DataKey>({ max: MAX_CACHED_KEYS, ttl: KEY_CACHE_MS });
  private readonly load = coalesce((subjects) => this.stored(subjects));
  private readonly loadOrMake = coalesce((subjects) => this.findOrMake(subjects));

  constructor(
    private readonly pool: Pool,
    secrets: readonly [string, ...string[]],
  ) {
    this.master = new MasterKeys(secrets);
  }

  /** Creates the table and checks the secrets. Throws `WrongSecret`, or the error of the database. */
  async prepare(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock($1::bigint)', [CREATION_LOCK]);
      await client.query(CREATE);
      await client.query(ADD_SECRET_ID);
      await client.query('commit');
    } finally {
      // The server rolls back if the connection is closed before the commit.
      client.release(true);
    }
    const probe = (await this.findOrMake([PROBE])).get(PROBE);
    if (probe instanceof WrongSecret) throw probe;
  }

  /** Returns the key of a subject; undefined if there never was one. Throws {@link KeysUnavailable}. */
  of(subject: string): Promise<DataKey | undefined> {
    return this.cached(subject, this.load);
  }

  /** Returns the key of a subject; makes one for a new subject. An erased key stays erased. Throws {@link KeysUnavailable}. */
  ofNew(subject: string): Promise<DataKey> {
    return this.cached(subject, this.loadOrMake);
  }

  private async cached<Found extends DataKey | undefined>(
    subject: string,
    load: (subject: string) => Promise<Found | WrongSecret>,
  ): Promise<DataKey | Found> {
    const known = this.cache.get(subject);
    if (known) return known;
    const key = await load(subject).catch((error: unknown) => {
      throw new KeysUnavailable(error);
    });
    if (key instanceof WrongSecret) throw new KeysUnavailable(key);
    // A missing key may be made at any moment.
    if (key) this.cache.set(subject, key);
    return key;
  }

  private async findOrMake(subjects: readonly string[]): Promise<Map<string, DataKey | WrongSecret>> {
    const stored = await this.stored(subjects);
    const missing = subjects.filter((subject) => !stored.has(subject));
    if (missing.length === 0) return stored;
    const made = new Map(missing.map((subject) => [subject, randomBytes(KEY_BYTES)]));
    const wrapped = missing.map((subject) => this.master.wrap(subject, made.get(subject)!));
    const { rows } = await this.pool.query<{ subject: string }>(INSERT, [missing, wrapped, this.master.id]);
    for (const { subject } of rows) stored.set(subject, made.get(subject)!);
    if (rows.length === missing.length) return stored;
    // Another process was first.
    return new Map([...stored, ...(await this.stored(missing.filter((subject) => !stored.has(subject))))]);
  }

  /** A key that no secret opens is its own person's problem, and not of those who are loaded with it. */
  private async stored(subjects: readonly string[]): Promise<Map<string, DataKey | WrongSecret>> {
    const { rows } = await this.pool.query<StoredKey>(FIND, [subjects]);
    return new Map(
      rows.map(({ subject, key, wrappedBy }) => [subject, key ? this.open(subject, key, wrappedBy) : 'erased']),
    );
  }

  private open(subject: string, key: Buffer, wrappedBy: string | null): Buffer | WrongSecret {
    try {
      return this.master.unwrap(subject, { key, wrappedBy });
    } catch (error) {
      if (error instanceof WrongSecret) return error;
      throw error;
    }
  }
}

interface StoredKey {
  readonly subject: string;
  readonly key: Buffer | null;
  readonly wrappedBy: string | null;
}

/**
 * Erases the key of a subject: its sealed texts stay unreadable in every copy. `unknown`: the subject never had a key. Needs no
 * secret. Services read with cached keys for at most {@link KEY_CACHE_MS}.
 */
export async function eraseKey(
  database: Pick<Pool, 'query'>,
  subject: string,
): Promise<'erased' | 'erased-before' | 'unknown'> {
  const { rowCount } = await database.query(ERASE, [subject]);
  if (rowCount) return 'erased';
  const { rows } = await database.query(FIND, [[subject]]);
  return rows.length > 0 ? 'erased-before' : 'unknown';
}
