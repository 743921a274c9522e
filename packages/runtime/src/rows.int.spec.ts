import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Aggregate, ServiceSteps } from '@quadrille/choreography';
import { startPostgres } from '@quadrille/local';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { asked, kettle as kettleOf } from './kettle.fixture.js';
import { RealKettle, until } from './real-kettle.fixture.js';
import { bindStore } from './runtime-definition.js';

let kettle: RealKettle;

beforeAll(async () => {
  kettle = await RealKettle.start(startPostgres);
});
afterAll(() => kettle?.stop());
beforeEach(() => kettle.fresh());

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value));
/** Similar to a record, with invalid parts. */
const almostRecord = fc
  .record(
    {
      topic: fc.jsonValue(),
      key: fc.jsonValue(),
      value: fc.jsonValue(),
      headers: fc.jsonValue(),
      partition: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((changes) => JSON.stringify({ ...asked('any', 1), ...changes }));

const seed = Date.now() % 2 ** 31;
/** The number of rows of a kind per run. */
const some = <Row>(row: fc.Arbitrary<Row>): Row[] => fc.sample(row, { numRuns: fuzzRuns(150), seed });

describe(`a row left by another version or an operator (seed ${seed})`, () => {
  it('in parked, of any form, costs that row: it waits for an operator with its cause, and all others are processed', async () => {
    const row = fc.record({
      step: fc.constantFrom('pour', 'no-such-step', '*', '', 'cool'),
      message: fc.oneof(json, almostRecord, fc.constantFrom('null', '7', '[]', '{}', '"text"', '"\\u0000"')),
      attempts: fc.constantFrom(-3, 0, 4, 2_147_483_646),
      code: fc.constantFrom('locked', 'gateway-unavailable', 'step-failed', 'a code of later'),
    });
    let nth = 0;
    for (const { step, message, attempts, code } of some(row)) {
      await kettle.rows(
        `insert into parked (step, message_id, key, message, state, code, cause, attempts, due_at)
         values ($1, gen_random_uuid(), $2, $3::json, 'retrying', $4, 'by hand', $5, now() - interval '1 minute')`,
        [step, `hand-${nth++}`, message, code, attempts],
      );
    }
    const runner = kettle.runner();
    kettle.world.pourable = () => Promise.reject(new Error('no water'));
    await runner.takeRecords([asked('green', 1)]);
    kettle.world.pourable = async () => {};
    await kettle.rows("update parked set due_at = now() where key = 'green'");
    runner.start();
    const due = "select key, cause from parked where state <> 'dead' and (due_at <= now() or key = 'green')";
    await until('all rows were processed', async () => (await kettle.rows(due)).length === 0);
    expect((await kettle.cups()).green).toBe(1);
    expect(runner.work.states().redrive).toMatchObject({ ok: true });
    const dead = await kettle.rows<{ cause: string }>("select cause from parked where state = 'dead'");
    expect(dead.length).toBeGreaterThan(0);
    expect(dead.filter(({ cause }) => cause === 'by hand')).toEqual([]);
    await runner.takeRecords([asked('black', 1)]);
    expect((await kettle.cups()).black).toBe(1);
  });

  it('on a topic, that throws on each read, costs that record: it is parked, and the rest is processed', async () => {
    const throws = (): never => {
      throw new RangeError('The bytes end within a number.');
    };
    const broken = asked('green', 1);
    for (const part of ['headers', 'value']) Object.defineProperty(broken, part, { enumerable: true, get: throws });
    await kettle.runner().takeRecords([broken, asked('black', 2)]);
    expect(await kettle.cups()).toEqual({ black: 2 });
    expect(await kettle.parked()).toMatchObject([{ state: 'dead', code: 'unreadable-bug' }]);
  });

  it('in a store that cannot read it costs its key', async () => {
    const definition = kettleOf(kettle.world);
    const [{ aggregate }] = definition.stores as unknown as [{ aggregate: Aggregate<object> }];
    const runner = kettle.runner(kettle.pool(), { definition: { ...definition, stores: [bindStore(aggregate)] } });
    await kettle.rows('truncate documents');
    const unreadable = ['null', '7', 'true', '"text"'];
    for (const [at, state] of unreadable.entries()) {
      await kettle.rows("insert into documents (aggregate, key, state, version) values ('pots', $1, $2::json, 1)", [
        `bad-${at}`,
        state,
      ]);
    }
    const others = Array.from({ length: 40 }, (_, at) => asked(`pot-${at}`, 1));
    await runner.takeRecords([...unreadable.map((_, at) => asked(`bad-${at}`, 1)), ...others]);
    const parked = await kettle.parked();
    expect(parked.map(({ key, code }) => [key, code])).toEqual(
      unreadable.map((_, at) => [`bad-${at}`, 'store-failed']),
    );
    const remaining = await kettle.rows("select key from documents where key like 'pot-%'");
    expect(remaining).toHaveLength(others.length);
    const refill = (pot: string) => runner.command('refill', { pot, cups: 1 }, { key: pot });
    const [bad, good] = await Promise.allSettled([refill('bad-0'), refill('pot-0')]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('under an idempotency key, of any form, costs the request that has the key', async () => {
    const runner = kettle.runner();
    const outcomes = some(
      fc.oneof(json, fc.constantFrom('null', '{"event":null}', '{"event":{}}', '{"refused":7}', '{"nothing":"yes"}')),
    );
    for (const [at, outcome] of outcomes.entries()) {
      await kettle.rows(
        "insert into idempotency_keys (owner, key, request_hash, outcome) values ('ada', $1, 'h', $2::json)",
        [`k${at}`, outcome],
      );
    }
    const commands = outcomes.map((_, at) =>
      runner.command(
        'refill',
        { pot: 'green', cups: 1 },
        { key: 'green', once: { owner: 'ada', key: `k${at}`, requestHash: 'h' } },
      ),
    );
    const other = runner.command('refill', { pot: 'black', cups: 1 }, { key: 'black' });
    const came = await Promise.allSettled(commands);
    expect(await other).toMatchObject({ event: { subject: 'black' } });
    expect(came.some(({ status }) => status === 'rejected')).toBe(true);
    for (const each of came) if (each.status === 'rejected') expect(each.reason.message).toContain('cannot be read');
    // A request with a stored answer never runs again.
    expect(await kettle.cups()).toEqual({ black: 1 });
  });

  it('in deadlines whose step always fails does not block the deadlines behind it', async () => {
    const definition = kettleOf(kettle.world);
    const steps = definition.steps.steps.map((step) =>
      step.name === 'cool'
        ? {
            ...step,
            loads: (due: { key: string }) => {
              if (due.key.startsWith('bad')) throw new Error('an unknown pot');
              return step.loads(due);
            },
          }
        : step,
    );
    const part = { ...definition.steps, steps } as unknown as ServiceSteps;
    const runner = kettle.runner(kettle.pool(), {
      definition: { ...definition, steps: part },
      limits: {
        ...{
          batchMaxInputs: 5,
          idempotencySeconds: 3_600,
          deadlineSeconds: 3_600,
          deadlinePollMs: 10,
          redrivePollMs: 10,
        },
        ...{ redriveMaxKeys: 50, callTimeoutMs: 1_000 },
      },
    });
    await kettle.rows(
      "insert into deadlines select 'cool', 'bad-' || n, now() - interval '1 hour' from generate_series(1, 20) n",
    );
    await kettle.rows(
      "insert into deadlines select 'no-such-step', 'bad-' || n, now() - interval '1 hour' from generate_series(1, 5) n",
    );
    await kettle.rows("insert into deadlines values ('cool', 'good', now())");
    runner.start();
    await until(
      'the deadline runs',
      async () => (await kettle.rows("select 1 from deadlines where key = 'good'")).length === 0,
    );
    expect(await kettle.rows("select 1 from deadlines where step = 'cool'")).toHaveLength(20);
    expect(runner.work.states().deadlines).toMatchObject({ ok: true });
  });
});
