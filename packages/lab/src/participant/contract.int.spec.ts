import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@quadrille/nest';
import type pg from 'pg';
import { contextFor } from '../explore/environment.js';
import { scenarioOf } from '../explore/scenario.js';
import { Task } from '../explore/task.js';
import { World } from '../explore/world.js';
import { type ParticipantContext, Refusal } from '../protocol.js';
import { unprotected } from '../protocols/unprotected.js';
import { type Databases, MAX_PREPARED, startDatabases } from '../run/servers.js';
import { DEFINITIONS, environmentOf } from './definitions.js';
import { dependenciesOf, LOCK_TIMEOUT_MS, MalformedCall, poolOf, postgresParticipant } from './postgres-participant.js';

const STARTED_WITHIN_MS = 180_000;
let home: string;
let databases: Databases;
let pool: pg.Pool;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-lab-'));
  databases = await startDatabases(home);
  pool = poolOf(databases.urls.shipping!, LOCK_TIMEOUT_MS);
}, STARTED_WITHIN_MS);
afterAll(async () => {
  await pool?.end();
  await databases?.stop();
  rmSync(home, { recursive: true, force: true });
}, STARTED_WITHIN_MS);

const onPostgres = (): ParticipantContext =>
  postgresParticipant('shipping', pool, dependenciesOf(DEFINITIONS.shipping, environmentOf(DEFINITIONS.shipping)));

/** In memory, every pending move runs at once, without interleaving. A lock that is not free times out. */
function inMemory(): ParticipantContext {
  const world = new World(unprotected, scenarioOf(1, 1), { coordinators: ['coordinator-1'], sharesLog: false });
  setInterval(() => {
    for (const each of world.pending.values()) {
      if (each.canGo) void each.go();
      else if (each.canTimeOut) each.timeOut();
    }
  }, 1).unref();
  return contextFor(world, new Task('spec', 'shipping', Date.now()));
}

/** The exploration is valid only as far as the in-memory database behaves like PostgreSQL. */
describe.each([
  ['in memory', inMemory],
  ['on PostgreSQL', onPostgres],
])('a participant %s', (_, make) => {
  let context: ParticipantContext;
  const { orders } = scenarioOf(1, 1);
  const fresh = () => ({ ...orders[0]!, orderId: newId() });
  beforeAll(() => {
    context = make();
  });

  it('makes a prepared transaction visible only when it is committed', async () => {
    const order = fresh();
    const name = `coordinator-1:${order.orderId}`;
    await context.transaction((tx) => tx.step('create-shipment', order), name);
    expect((await context.inDoubt()).map((each) => each.name)).toContain(name);
    await context.finish(name, 'commit');
    expect((await context.inDoubt()).map((each) => each.name)).not.toContain(name);
    expect(await context.transaction((tx) => tx.step('create-shipment', order))).toBeUndefined();
  });

  it('discards a prepared transaction that is rolled back', async () => {
    const order = fresh();
    await context.transaction((tx) => tx.step('create-shipment', order), `coordinator-1:${order.orderId}`);
    await context.finish(`coordinator-1:${order.orderId}`, 'abort');
    expect((await context.transaction((tx) => tx.step('create-shipment', order)))?.type).toBe('ShipmentCreated');
  });

  it('ignores a finish of an unknown name', async () => {
    await expect(context.finish(`coordinator-1:${newId()}`, 'commit')).resolves.toBeUndefined();
  });

  it('rejects a lock on a row that a prepared transaction holds, until that is finished', async () => {
    const order = fresh();
    await context.transaction((tx) => tx.step('create-shipment', order));
    const name = `coordinator-1:${order.orderId}`;
    await context.transaction((tx) => tx.step('dispatch-shipment', order), name);
    const cancel = () => context.transaction((tx) => tx.step('cancel-shipment', { ...order, reason: 'spec' }));
    await expect(cancel()).rejects.toEqual(new Refusal('lock-timeout'));
    await context.finish(name, 'abort');
    expect((await cancel())?.type).toBe('ShipmentCancelled');
  });

  it('stores records: inserted once, replaced by compare and set, deleted once', async () => {
    const records = async <T>(work: (of: any) => Promise<T>) => context.transaction((tx) => work(tx.records('spec')));
    expect(await records((of) => of.insert('a', { n: 1 }))).toBe(true);
    expect(await records((of) => of.insert('a', { n: 2 }))).toBe(false);
    expect(await records((of) => of.replace('a', { n: 2 }, { n: 9 }))).toBe(false);
    expect(await records((of) => of.replace('a', { n: 2 }, { n: 1 }))).toBe(true);
    expect(await records((of) => of.list())).toEqual([{ key: 'a', value: { n: 2 } }]);
    expect(await records((of) => of.delete('a'))).toBe(true);
    expect(await records((of) => of.delete('a'))).toBe(false);
    expect(await records((of) => of.get('a'))).toBeUndefined();
  });

  it('rolls back a transaction that fails', async () => {
    const failing = context.transaction(async (tx) => {
      await tx.records('spec').insert('b', 1);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await context.transaction((tx) => tx.records('spec').get('b'))).toBeUndefined();
  });
});

describe('a participant on PostgreSQL with bad input', () => {
  it.each(['coordinator-1:nothing', "coordinator-1:x'; drop table shipments; --", ''])(
    'refuses the name %j of a transaction',
    async (name) => {
      await expect(onPostgres().finish(name, 'commit')).rejects.toThrow(MalformedCall);
    },
  );

  it('votes no when no more transactions can be prepared', async () => {
    const names = Array.from({ length: MAX_PREPARED }, () => `coordinator-1:${newId()}`);
    const prepare = (name: string) => onPostgres().transaction((tx) => tx.records('slots').insert(name, 1), name);
    for (const name of names) await prepare(name);
    try {
      await expect(prepare(`coordinator-1:${newId()}`)).rejects.toEqual(new Refusal('too-many-in-doubt'));
    } finally {
      for (const name of names) await onPostgres().finish(name, 'abort');
    }
    expect(await onPostgres().inDoubt()).toEqual([]);
  });
});
