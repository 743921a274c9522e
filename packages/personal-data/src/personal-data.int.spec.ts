import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { command, ERASED, isSealed, personal, type Rows } from '@quadrille/choreography';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { Pool } from 'pg';
import { z } from 'zod';
import { DataKeys, eraseKey } from './data-keys.js';
import { KeyedPersonalData } from './keyed-personal-data.js';
import { WrongSecret } from './master-key.js';
import { sealCommandsOf } from './seal-commands.js';

const SECRET = 'a secret of at least 32 characters';
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

/** The keys as a process has them that has just started. */
const process = async (secret = SECRET) => {
  const keys = new DataKeys(pool, secret);
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

  it('wait while the database is away, and lose nothing', async () => {
    const elsewhere = new Pool({ connectionString: 'postgres://a:b@127.0.0.1:1/keys' });
    const away = new DataKeys(elsewhere, SECRET);
    await expect(sealed(away)).rejects.toThrow('ECONNREFUSED');
    await expect(new KeyedPersonalData(away).open('ada', `sealed:v1:${'A'.repeat(60)}`)).rejects.toThrow(
      'ECONNREFUSED',
    );
    // Plain texts need no key.
    expect(await new KeyedPersonalData(away).open('ada', ORDER)).toEqual(ORDER);
    await elsewhere.end();
  });
});
