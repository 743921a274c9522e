import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reject } from '@quadrille/choreography';
import { inboxMigrations, redrive } from '@quadrille/inbox';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { outboxMigrations } from '@quadrille/outbox';
import { transaction } from '@quadrille/postgres';
import { Pool } from 'pg';
import { asked, CREATE_POTS, kettle, Stirred, type World } from './kettle.fixture.js';
import { migrate } from './migrate.js';
import { runnerMigrations } from './migrations.js';
import { Runner } from './runner.js';

const folder = mkdtempSync(join(tmpdir(), 'quadrille-runner-'));
let postgres: LocalPostgres;
let pool: Pool;
let world: World;
const runners: Runner[] = [];

const FINE: World = { pourable: async () => {}, decidable: () => {} };
const SILENT = { info() {}, warn() {}, error() {} };

function runner(
  limits: Partial<ConstructorParameters<typeof Runner>[0]['limits']> = {},
  on = pool,
  changes = {},
): Runner {
  const made = new Runner({
    definition: kettle({
      pourable: (cups) => world.pourable(cups),
      decidable: (cups) => world.decidable(cups),
      get refusal() {
        return world.refusal;
      },
    }),
    pool: on,
    gateways: undefined,
    log: SILENT,
    limits: {
      batchMaxInputs: 500,
      idempotencySeconds: 3_600,
      deadlineSeconds: 3_600,
      deadlinePollMs: 10,
      redrivePollMs: 10,
      redriveMaxKeys: 50,
      callTimeoutMs: 1_000,
      ...limits,
    },
    ...changes,
  });
  runners.push(made);
  return made;
}

const rows = async (sql: string) => (await pool.query(sql)).rows;
const cupsIn = async (pot: string) =>
  (await pool.query('select cups from pots where pot = $1', [pot])).rows[0]?.cups ?? 0;
const poured = async () =>
  (
    await rows("select payload->>'cups' as cups from outbox_records where topic = 'test.kettle.v1' order by id, place")
  ).map(({ cups }) => Number(cups));

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: folder });
  const url = await postgres.createService('kettle', 'secret');
  await migrate(url, [...outboxMigrations, ...inboxMigrations, ...runnerMigrations]);
  pool = new Pool({ connectionString: url, max: 5, pipeline: true });
  // The server may close a connection before the pool notices that it has ended.
  pool.on('error', () => {});
  await pool.query(CREATE_POTS);
});

beforeEach(async () => {
  await Promise.all(runners.splice(0).map((each) => each.stop()));
  await pool.query('truncate pots, inbox, outbox, parked, deadlines, idempotency_keys');
  world = { ...FINE };
});

afterAll(async () => {
  await Promise.all(runners.splice(0).map((each) => each.stop()));
  await pool.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the runner', () => {
  it('commits states and emitted events together, in the order of inputs', async () => {
    await runner().takeRecords([asked('green', 1), asked('black', 2), asked('green', 3)]);
    expect(await cupsIn('green')).toBe(4);
    const all = await poured();
    expect(all.filter((cups) => cups !== 2)).toEqual([1, 3]);
    expect(all).toHaveLength(3);
  });

  it('processes the same event once, in one batch or in two', async () => {
    const record = asked('green', 1);
    const service = runner();
    await service.takeRecords([record, record]);
    await service.takeRecords([record]);
    expect(await cupsIn('green')).toBe(1);
    expect(await poured()).toEqual([1]);
  });

  it('needs as many statements for four hundred inputs as for four', async () => {
    const count = async (inputs: number) => {
      let statements = 0;
      const counting = new Proxy(pool, {
        get: (target, name) =>
          name !== 'connect'
            ? Reflect.get(target, name)
            : async () => {
                const client = await target.connect();
                return new Proxy(client, {
                  get(inner, field) {
                    const value = Reflect.get(inner, field);
                    if (field === 'query') statements++;
                    return typeof value === 'function' ? value.bind(inner) : value;
                  },
                });
              },
      });
      await runner({}, counting).takeRecords(
        Array.from({ length: inputs }, (_, at) => asked(`pot-${inputs}-${at}`, 1)),
      );
      return statements;
    };
    const few = await count(4);
    expect(await count(400)).toBe(few);
    expect(few).toBeLessThanOrEqual(9);
  });

  it('loses no update when two batches insert the same row at once', async () => {
    const [one, two] = [runner(), runner()];
    await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 ? one : two).takeRecords([asked('fresh', 1)])));
    expect(await cupsIn('fresh')).toBe(20);
  });

  it('parks only the message whose step fails, and queues later ones of its key behind it', async () => {
    world.decidable = ({ pot, cups }) => {
      if (pot === 'cracked' && cups === 1) throw new TypeError('the pot is cracked');
    };
    await runner().takeRecords([asked('cracked', 1), asked('whole', 2), asked('cracked', 3)]);
    expect(await poured()).toEqual([2]);
    expect(await rows('select state, code, cause from parked order by id')).toEqual([
      { state: 'retrying', code: 'step-failed', cause: 'TypeError: the pot is cracked' },
      { state: 'queued', code: 'blocked', cause: 'An earlier message of this key waits.' },
    ]);
    await runner().takeRecords([asked('cracked', 4)]);
    expect(await rows("select 1 from parked where key = 'cracked'")).toHaveLength(3);
  });

  it('stops retrying a step that always fails, publishes a dead letter, and continues in order after a redrive', async () => {
    world.decidable = () => {
      throw new Error('a bug');
    };
    const service = runner();
    await service.takeRecords([asked('green', 1), asked('green', 2)]);
    service.start();
    await until(async () => (await rows("select 1 from parked where state = 'dead'")).length === 1);
    expect(
      await rows(
        "select key, payload->>'cause' as cause from outbox_records where topic = 'test.kettle.dead-letter.v1'",
      ),
    ).toEqual([{ key: 'green', cause: 'Error: a bug' }]);
    world.decidable = () => {};
    await transaction(pool, (tx) => redrive(tx, { key: 'green' }, 'spec', 'the bug is fixed'));
    await until(async () => (await rows('select 1 from parked')).length === 0);
    expect(await poured()).toEqual([1, 2]);
  });

  it('retries messages of an unavailable gateway, in order, until it answers', async () => {
    let calls = 0;
    world.pourable = async () => {
      calls++;
      if (calls <= 3) throw new Error('no water');
    };
    const service = runner();
    await service.takeRecords([asked('green', 1)]);
    await service.takeRecords([asked('green', 2)]);
    expect(await poured()).toEqual([]);
    service.start();
    await until(async () => (await rows('select 1 from parked')).length === 0);
    expect(await poured()).toEqual([1, 2]);
  });

  it('retries all messages of a gateway at once after it answered one', async () => {
    world.pourable = () => Promise.reject(new Error('no water'));
    const service = runner();
    await service.takeRecords([asked('green', 1), asked('black', 2), asked('white', 3)]);
    await pool.query("update parked set due_at = now() + interval '1 hour' where key <> 'green'");
    world.pourable = async () => {};
    service.start();
    await until(async () => (await rows('select 1 from parked')).length === 0);
    expect((await poured()).sort()).toEqual([1, 2, 3]);
  });

  it('does not delay a batch for one slow gateway call', async () => {
    let answer = () => {};
    world.pourable = ({ pot }) =>
      pot === 'slow'
        ? new Promise<void>((resolve) => {
            answer = resolve;
          })
        : Promise.resolve();
    const service = runner({ callTimeoutMs: 50 });
    await service.takeRecords([asked('slow', 1), asked('fast', 2)]);
    expect(await poured()).toEqual([2]);
    answer();
    world.pourable = async () => {};
    service.start();
    await until(async () => (await rows('select 1 from parked')).length === 0);
    expect(await poured()).toEqual([2, 1]);
  });

  it('finds the one input that the database rejects, and commits the others', async () => {
    await runner().takeRecords([asked('a', 1), asked('b', 2), asked('c', 13), asked('d', 4), asked('e', 5)]);
    expect((await poured()).sort()).toEqual([1, 2, 4, 5]);
    expect(await rows('select key, state, code from parked')).toEqual([
      { key: 'c', state: 'retrying', code: 'database' },
    ]);
  });

  it('parks an unreadable message with its cause, and processes the rest', async () => {
    const poison = { ...asked('green', 1), value: '{"pot": 7}' };
    await runner().takeRecords([poison, asked('black', 2)]);
    expect(await poured()).toEqual([2]);
    expect(await rows('select key, step, state, code from parked')).toEqual([
      { key: 'green', step: 'pour', state: 'dead', code: 'invalid-data' },
    ]);
  });

  it('runs a step with the sealed form of its command, so that no table has another, or refuses the command', async () => {
    const sealCommand = (step: string, data: any) => {
      if (step !== 'refill') return undefined;
      if (data.pot === 'erased') return Promise.resolve(reject(409, 'personal-data-erased', 'They were erased.'));
      return Promise.resolve({ data: { ...data, cups: 9 } });
    };
    const service = runner({}, pool, { sealCommand });
    const once = { owner: 'ada', key: 'k1', requestHash: 'h1' };
    const refilled = await service.command('refill', { pot: 'green', cups: 1 }, { key: 'green', once });
    expect(refilled).toMatchObject({ event: { data: { pot: 'green', cups: 9 } } });
    expect([await poured(), await cupsIn('green')]).toEqual([[9], 9]);
    const [stored] = await rows("select outcome->'event'->'data'->>'cups' as cups from idempotency_keys");
    expect(stored.cups).toBe('9');
    const refused = await service.command('refill', { pot: 'erased', cups: 1 }, { key: 'erased' });
    expect(refused).toMatchObject({ refused: { refused: 'personal-data-erased', status: 409 } });
    expect(await poured()).toEqual([9]);
    // A step without personal fields runs as it is.
    await service.command('empty', { pot: 'green', cups: 9 }, { key: 'green' });
    expect(await cupsIn('green')).toBe(0);
  });

  it('answers the same request under the same key once, and rejects another', async () => {
    const service = runner();
    const idempotencyKey = { owner: 'ada', key: 'k1', requestHash: 'h1' };
    const data = { pot: 'green', cups: 1 };
    const first = await service.command('refill', data, { key: 'green', once: idempotencyKey });
    const emitted = await rows('select id from outbox');
    expect(await service.command('refill', data, { key: 'green', once: idempotencyKey })).toEqual(first);
    // The event of the first run is not emitted again.
    expect(await rows('select id from outbox')).toEqual(emitted);
    expect(await cupsIn('green')).toBe(1);
    const other = await service.command('refill', data, {
      key: 'green',
      once: { ...idempotencyKey, requestHash: 'h2' },
    });
    expect(other).toMatchObject({ refused: { refused: 'idempotency-key-reused', status: 422 } });
    const foreign = await service.command('refill', data, { key: 'green', once: { ...idempotencyKey, owner: 'bob' } });
    expect(foreign).toMatchObject({ event: { type: 'test.kettle.poured.v1' } });
  });

  it('stores no rejection under a key: the same request is decided again, and so is a corrected one', async () => {
    const idempotencyKey = { owner: 'ada', key: 'k1', requestHash: 'h1' };
    const service = runner();
    const refill = (cups: number, requestHash: string) =>
      service.command('refill', { pot: 'green', cups }, { key: 'green', once: { ...idempotencyKey, requestHash } });
    world.refusal = reject(422, 'unknown-pot', 'There is no such pot yet.');
    expect(await refill(2, 'h1')).toMatchObject({ refused: { refused: 'unknown-pot' } });
    expect(await refill(1, 'h2')).toMatchObject({ refused: { refused: 'unknown-pot' } });
    world.refusal = undefined;
    expect(await refill(2, 'h1')).toMatchObject({ event: { data: { cups: 2 } } });
    expect(await refill(1, 'h2')).toMatchObject({ refused: { refused: 'idempotency-key-reused' } });
    expect(await cupsIn('green')).toBe(2);
  });

  it('runs a key of two concurrent requests on one instance, and returns the same answer on both', async () => {
    const idempotencyKey = { owner: 'ada', key: 'k1', requestHash: 'h1' };
    const [one, two] = await Promise.all(
      [runner(), runner()].map((each) =>
        each.command('refill', { pot: 'green', cups: 1 }, { key: 'green', once: idempotencyKey }),
      ),
    );
    expect(one).toEqual(two);
    expect(await cupsIn('green')).toBe(1);
  });

  describe('with bounded admission of commands', () => {
    const gate = { maxCommands: 2, maxBytes: 1_000, maxAgeMs: 200, freeSagas: 100 };
    const refill = (service: Runner, isGone = () => false) =>
      service.command('refill', { pot: 'green', cups: 1 }, { key: 'green', caller: { bytes: 10, isGone } });
    /** The pool of a database that can be unavailable, and reports it only after a while. */
    function failing(gateway: { away: boolean; answersMs: number }) {
      const connect = async () => {
        if (!gateway.away) return pool.connect();
        await new Promise((later) => setTimeout(later, gateway.answersMs));
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      };
      return new Proxy(pool, { get: (target, name) => (name === 'connect' ? connect : Reflect.get(target, name)) });
    }

    it('refuses commands at once while the database is known to be unavailable, and continues afterwards', async () => {
      const gateway = { away: true, answersMs: 100 };
      const service = runner({ gate }, failing(gateway));
      for (let batch = 0; batch < 2; batch++) await expect(refill(service)).rejects.toThrow('ECONNREFUSED');
      gateway.answersMs = 10_000;
      const began = Date.now();
      await expect(refill(service)).rejects.toMatchObject({ status: 503, code: 'database-unavailable' });
      expect(Date.now() - began).toBeLessThan(gateway.answersMs);
      gateway.away = false;
      await until(() => refill(service).then(Boolean, () => false));
      expect(await cupsIn('green')).toBe(1);
    });

    it('refuses commands behind a stalled batch before it fails, and skips disconnected callers', async () => {
      const gateway = { away: true, answersMs: 4_000 };
      const service = runner({ gate }, failing(gateway));
      service.start();
      let isHanging = true;
      const hanging = refill(service).catch(({ code }) => {
        isHanging = false;
        return code;
      });
      await until(async () => service.gate!.waiting().items === 0);
      const waiting = [refill(service), refill(service, () => true)];
      await expect(refill(service)).rejects.toMatchObject({ code: 'overloaded' });
      await expect(waiting[0]).rejects.toMatchObject({ code: 'overloaded', extensions: { retryAfterSeconds: 1 } });
      expect(isHanging).toBe(true);
      await expect(waiting[1]).rejects.toThrow();
      expect(await hanging).toBe('ECONNREFUSED');
      expect(service.gate!.waiting()).toEqual({ items: 0, bytes: 0, since: undefined });
    });
  });

  it('runs a due deadline once, on any number of instances', async () => {
    const services = [runner({ deadlineSeconds: 0 }), runner({ deadlineSeconds: 0 })];
    await services[0]!.takeRecords([asked('green', 1)]);
    for (const service of services) service.start();
    await until(async () => (await rows('select 1 from deadlines')).length === 0);
    expect(await rows("select key from outbox_records where headers->>'ce_type' = 'test.kettle.cooled.v1'")).toEqual([
      { key: 'green' },
    ]);
  });

  describe('restarts the full time of a deadline', () => {
    const dueAt = async () => (await rows('select due_at from deadlines'))[0]!.due_at as Date;
    const stirredAt = (time: string) => {
      const record = asked('green', 1, Stirred);
      return { ...record, headers: { ...record.headers, ce_time: time } };
    };
    const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

    beforeEach(async () => {
      await runner({ deadlineSeconds: 60 }).takeRecords([asked('green', 1)]);
      await rows("update deadlines set due_at = now() - interval '1 hour'");
    });

    it('from the time of its event, before offsets are committed', async () => {
      const service = runner({ deadlineSeconds: 60 });
      const now = new Date();
      const before = await dueAt();
      await service.takeRecords([stirredAt(now.toISOString())]);
      expect(await dueAt()).toEqual(before);
      await service.settle();
      expect(await dueAt()).toEqual(new Date(now.getTime() + 60_000));
    });

    it('once for a duplicate event, and never less', async () => {
      const now = new Date();
      const earlier = new Date(now.getTime() - 10_000).toISOString();
      for (const time of [now.toISOString(), now.toISOString(), earlier]) {
        const service = runner({ deadlineSeconds: 60 });
        await service.takeRecords([stirredAt(time)]);
        await service.settle();
      }
      expect(await dueAt()).toEqual(new Date(now.getTime() + 60_000));
    });

    it("from now if the sender's clock is ahead", async () => {
      const service = runner({ deadlineSeconds: 60 });
      await service.takeRecords([stirredAt(inAnHour())]);
      await service.settle();
      expect((await dueAt()).getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    it('before it checks whether the deadline is due', async () => {
      const service = runner({ deadlineSeconds: 60 });
      await service.takeRecords([stirredAt(new Date().toISOString())]);
      service.start();
      await until(async () => (await dueAt()).getTime() > Date.now());
      expect(await rows("select key from outbox_records where headers->>'ce_type' = 'test.kettle.cooled.v1'")).toEqual(
        [],
      );
    });

    it('without a statement for a deadline that was stopped', async () => {
      const service = runner({ deadlineSeconds: 60 });
      await service.takeRecords([stirredAt(new Date().toISOString())]);
      await service.command('empty', { pot: 'green', cups: 1 }, { key: 'green' });
      expect(await rows('select key from deadlines')).toEqual([]);
      await rows('alter table deadlines rename to gone');
      try {
        await service.settle();
      } finally {
        await rows('alter table gone rename to deadlines');
      }
    });

    it('later, when the database rejects the first attempt', async () => {
      const service = runner({ deadlineSeconds: 60 });
      const now = new Date();
      await service.takeRecords([stirredAt(now.toISOString())]);
      await rows('alter table deadlines rename to gone');
      await expect(service.settle()).rejects.toThrow('deadlines');
      await rows('alter table gone rename to deadlines');
      await service.settle();
      expect(await dueAt()).toEqual(new Date(now.getTime() + 60_000));
    });
  });
});
