import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { command, ERASED, isSealed, personal, type Rows } from '@quadrille/choreography';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { Pool } from 'pg';
import { z } from 'zod';
import { DataKeys, eraseKey, KeysUnavailable } from './data-keys.js';
import { KeyedPersonalData } from './keyed-personal-data.js';
import { MasterKeys, WrongSecret } from './master-key.js';
import { rewrapKeys } from './rewrap-keys.js';
import { sealCommandsOf } from './seal-commands.js';

const SECRET = 'a secret of at least 32 characters';
const NEW_SECRET = 'a newer secret of 32 characters or more';
const ELSEWHERE = 'a secret that no service has been given';
const folder = mkdtempSync(join(tmpdir(), 'quadrille-personal-data-'));
let postgres: LocalPostgres;
let pool: Pool;

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: folder });
  pool = new Pool({ connectionString: await postgres.createService('personal-data', 'secret'), max: 4 });
});
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Wraps the key of one person with another secret. */
async function rewrapOnly(subject: string, secret: string): Promise<void> {
  const { rows: all } = await pool.query('select key from data_keys where subject = $1', [subject]);
  const key = new MasterKeys([SECRET]).unwrap(subject, { key: all[0].key, wrappedBy: null });
  const made = new MasterKeys([secret]);
  const values = [subject, made.wrap(subject, key), made.id];
  await pool.query('update data_keys set key = $2, wrapped_by = $3 where subject = $1', values);
}

/** The keys as a process has them that has just started. */
const process = async (secret = SECRET, ...old: string[]) => {
  const keys = new DataKeys(pool, [secret, ...old]);
  await keys.prepare();
  return keys;
};

const rows: Rows = {
  order: {
    service: 'counter',
    handles: command(
      'POST /orders',
      z.object({
        by: z.string(),
        name: personal(z.string()),
        note: personal(z.string()).optional(),
        guests: z.array(z.object({ mail: personal(z.string()) })),
      }),
      { subject: ({ by }) => by },
    ),
    emits: [],
  },
  count: { service: 'counter', handles: command('POST /counts', z.object({ by: z.string() })), emits: [] },
};
const ORDER = { by: 'ada', name: 'Ada Lovelace', guests: [{ mail: 'ben@example.com' }] };
const sealed = async (keys: DataKeys, data: object = ORDER) =>
  (await sealCommandsOf(rows, 'counter', keys)('order', data)) as any;

describe('personal data', () => {
  it('are sealed in one process and opened in another', async () => {
    const { data } = await sealed(await process());
    expect(data).toMatchObject({ by: 'ada', guests: [{}] });
    expect('note' in data).toBe(false);
    expect([data.name, data.guests[0].mail].every(isSealed)).toBe(true);
    expect(await new KeyedPersonalData(await process()).open('ada', data)).toEqual(ORDER);
  });

  it('are no matter of a command without such fields, and of another service', async () => {
    const keys = await process();
    expect(sealCommandsOf(rows, 'counter', keys)('count', { by: 'ada' })).toBeUndefined();
    expect(sealCommandsOf(rows, 'oven', keys)('order', ORDER)).toBeUndefined();
  });

  it('are sealed again where a caller sends a sealed text, which then opens as it was sent', async () => {
    const keys = await process();
    const { data: first } = await sealed(keys);
    const { data } = await sealed(keys, { ...ORDER, by: 'eve', name: first.name });
    const opened = await new KeyedPersonalData(keys).open('eve', data);
    expect(opened).toMatchObject({ name: first.name });
  });

  it('open with the key of their own person only', async () => {
    const keys = await process();
    const { data } = await sealed(keys);
    await sealed(keys, { ...ORDER, by: 'eve' });
    expect(await new KeyedPersonalData(keys).open('eve', data.name)).toEqual(ERASED);
    expect(await new KeyedPersonalData(keys).open('stranger', data.name)).toEqual(ERASED);
    // A key that was missing may be made at any moment.
    expect(await sealed(keys, { ...ORDER, by: 'stranger' })).toMatchObject({ data: { by: 'stranger' } });
  });

  it('have one key per person, even if many processes make it at once', async () => {
    const processes = await Promise.all(Array.from({ length: 8 }, () => process()));
    const subjects = Array.from({ length: 50 }, (_, at) => `customer ${at}`);
    const made = await Promise.all(processes.map((keys) => Promise.all(subjects.map((each) => keys.ofNew(each)))));
    for (const keys of made) expect(keys).toEqual(made[0]);
    expect(new Set(made[0]!.map(String)).size).toBe(subjects.length);
  });

  it('are erased with their key, in every copy and for good', async () => {
    const { data } = await sealed(await process(), { ...ORDER, by: 'gone' });
    expect(await eraseKey(pool, 'nobody')).toBe('unknown');
    expect(await eraseKey(pool, 'gone')).toBe('erased');
    expect(await eraseKey(pool, 'gone')).toBe('erased-before');
    const keys = await process();
    const opened = await new KeyedPersonalData(keys).open('gone', data);
    expect(opened).toEqual({ by: 'gone', name: ERASED, guests: [{ mail: ERASED }] });
    expect(await sealed(keys, { ...ORDER, by: 'gone' })).toMatchObject({
      refused: 'personal-data-erased',
      status: 409,
    });
    const { rows: left } = await pool.query('select key, erased_at from data_keys where subject = $1', ['gone']);
    expect(left).toEqual([{ key: null, erased_at: expect.any(Date) }]);
  });

  it('are stored with wrapped keys only', async () => {
    const key = await (await process()).ofNew('ada');
    const { rows: stored } = await pool.query('select key from data_keys where subject = $1', ['ada']);
    expect(stored[0].key.includes(key as Buffer)).toBe(false);
  });

  it('are refused to a process with another secret when it starts', async () => {
    await process();
    await expect(process('another secret of at least 32 chars')).rejects.toThrow(WrongSecret);
  });

  it('open with the same keys after a change of the secret, and with the new one alone after a rewrap', async () => {
    const { data } = await sealed(await process(), { ...ORDER, by: 'before' });
    await pool.query("update data_keys set wrapped_by = null where subject = 'before'");
    const both = await process(NEW_SECRET, SECRET);
    const { data: later } = await sealed(both, { ...ORDER, by: 'after' });
    const opens = async (keys: DataKeys) => {
      const personalData = new KeyedPersonalData(keys);
      expect(await personalData.open('before', data)).toEqual({ ...ORDER, by: 'before' });
      expect(await personalData.open('after', later)).toEqual({ ...ORDER, by: 'after' });
    };
    await opens(both);
    // Until then the old secret is necessary.
    await expect(process(NEW_SECRET)).rejects.toThrow(
      /^The keys of personal data were wrapped with another secret \(id [0-9a-f]{8}\)\. Set PERSONAL_DATA_KEY to that secret, or add it to PERSONAL_DATA_OLD_KEYS\.$/,
    );
    const { rows: all } = await pool.query('select 1 from data_keys where key is not null');
    // All but the one of `after`.
    expect(await rewrapKeys(pool, [NEW_SECRET, SECRET])).toEqual({ rewrapped: all.length - 1, unopened: 0 });
    expect(await rewrapKeys(pool, [NEW_SECRET, SECRET])).toEqual({ rewrapped: 0, unopened: 0 });
    await opens(await process(NEW_SECRET));
    await expect(process()).rejects.toThrow(WrongSecret);
    expect(await rewrapKeys(pool, [SECRET, NEW_SECRET])).toEqual({ rewrapped: all.length, unopened: 0 });
  });

  it('of one person with an unknown secret are unavailable, and those of others open', async () => {
    const keys = await process();
    const [{ data: lost }, { data }] = [await sealed(keys, { ...ORDER, by: 'lost' }), await sealed(keys)];
    await rewrapOnly('lost', ELSEWHERE);
    const personalData = new KeyedPersonalData(await process());
    const [unavailable, opened] = await Promise.allSettled([
      personalData.open('lost', lost),
      personalData.open('ada', data),
    ]);
    expect(unavailable).toMatchObject({ status: 'rejected', reason: expect.any(KeysUnavailable) });
    expect(opened).toEqual({ status: 'fulfilled', value: ORDER });
    const left = await rewrapKeys(pool, [NEW_SECRET, SECRET]);
    expect(left).toMatchObject({ unopened: 1, problem: expect.any(WrongSecret) });
    // No service starts with the new secret alone as long as a key needs another.
    await expect(process(NEW_SECRET)).rejects.toThrow(WrongSecret);
    expect(await rewrapKeys(pool, [SECRET, NEW_SECRET, ELSEWHERE])).toMatchObject({ unopened: 0 });
    expect(await new KeyedPersonalData(await process()).open('lost', lost)).toEqual({ ...ORDER, by: 'lost' });
  });

  it('wait while the database is away, and lose nothing', async () => {
    const elsewhere = new Pool({ connectionString: 'postgres://a:b@127.0.0.1:1/keys' });
    const away = new DataKeys(elsewhere, [SECRET]);
    await expect(sealed(away)).rejects.toThrow(KeysUnavailable);
    await expect(new KeyedPersonalData(away).open('ada', `sealed:v1:${'A'.repeat(60)}`)).rejects.toThrow(
      'ECONNREFUSED',
    );
    // Plain texts need no key.
    expect(await new KeyedPersonalData(away).open('ada', ORDER)).toEqual(ORDER);
    await elsewhere.end();
  });
});
