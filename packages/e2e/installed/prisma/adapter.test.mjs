import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import { PrismaPg } from '@prisma/adapter-pg';
import { accept, inboxMigrations, park, redrive, takeDue } from '@quadrille/inbox';
import { append, appendedIn, migrate, outboxMigrations } from '@quadrille/outbox';
import { txOf } from '@quadrille/outbox/prisma';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';

const connectionString = process.env.DATABASE_URL;
const client = new pg.Client({ connectionString });
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
const record = { topic: 'legacy.invoices', key: 'ü-1', headers: { kind: 'invoice' }, payload: '{"total":"12.50 €"}' };

before(async () => {
  await client.connect();
  await migrate(client, [...outboxMigrations, ...inboxMigrations]);
  await client.query('create table "Invoice" (id text primary key, cents int not null)');
});
after(async () => {
  await prisma.$disconnect();
  await client.end();
});

const waiting = async () => (await client.query('select topic, key, headers, payload from outbox_records')).rows;

it('rolls a record back with the rest of the transaction', async () => {
  const failing = prisma.$transaction(async (tx) => {
    await tx.invoice.create({ data: { id: 'a', cents: 1 } });
    await append(txOf(tx), [record]);
    throw new Error('The rest failed.');
  });
  await assert.rejects(failing, /The rest failed/);
  assert.deepEqual(await waiting(), []);
  assert.equal(await prisma.invoice.count(), 0);
});

it('commits a record with the rest of the transaction', async () => {
  await prisma.$transaction(async (tx) => {
    await tx.invoice.create({ data: { id: 'a', cents: 1 } });
    const ours = txOf(tx);
    await append(ours, [record]);
    const [{ id, xid }] = appendedIn(ours);
    assert.equal(typeof id, 'string');
    assert.equal(typeof xid, 'string');
  });
  assert.deepEqual(await waiting(), [{ ...record, payload: JSON.parse(record.payload) }]);
  assert.equal(await prisma.invoice.count(), 1);
});

it('passes values as they are, and returns them as pg does', async () => {
  const text = `select $1::bigint + 1 as big, $2::bytea as bytes, $3::jsonb as json, $4::text[] as texts, 12.50::numeric as num,
    array[1, 2]::bigint[] as bigs, null::text as nothing, true as yes, '2026-11-29T12:00:00Z'::timestamptz as at, $5::smallint as small`;
  const values = ['9007199254740993', Buffer.from('ü'), '{"a":[1]}', ["it's", '$2', 'a,"b"'], 3];
  const { rows, rowCount } = await prisma.$transaction((tx) => txOf(tx).query(text, values));
  const [row] = rows;
  assert.deepEqual(row, {
    ...{
      big: '9007199254740994',
      bytes: Buffer.from('ü'),
      json: { a: [1] },
      texts: ["it's", '$2', 'a,"b"'],
      num: '12.5',
    },
    ...{ bigs: ['1', '2'], nothing: null, yes: true, at: new Date('2026-11-29T12:00:00Z'), small: 3 },
  });
  assert.equal(rowCount, 1);
});

it('returns the number of changed rows of a statement without a result', async () => {
  await prisma.$transaction(async (tx) => {
    const { query } = txOf(tx);
    assert.deepEqual(await query('update "Invoice" set cents = (select 2)'), { rows: [], rowCount: 1 });
    const moved = `with gone as (delete from "Invoice" returning id) insert into "Invoice" select id || '(returning', 3 from gone`;
    assert.deepEqual(await query(moved), { rows: [], rowCount: 1 });
    assert.deepEqual(await query('delete from "Invoice" returning cents'), { rows: [{ cents: 3 }], rowCount: 1 });
  });
});

it('accepts a message once, and an operator redrives it', async () => {
  await prisma.$transaction(async (tx) => {
    const ours = txOf(tx);
    const message = { step: 'book-invoice', messageId: randomUUID(), key: 'a' };
    assert.deepEqual(await accept(ours, [message, message]), ['fresh', 'duplicate']);
    const dead = { state: 'dead', code: 'step-failed', cause: 'No ink.', attempts: 5, pauseMs: null };
    await park(ours, [{ ...message, message: { a: 1 }, ...dead }]);
    assert.equal(await redrive(ours, { key: 'a' }, 'ada', 'There is ink.'), 1);
    assert.equal((await takeDue(ours, 10)).length, 1);
  });
});

it('refuses the client itself', () => {
  assert.throws(() => txOf(prisma), /This is no transaction of Prisma/);
});
