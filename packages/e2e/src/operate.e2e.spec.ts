import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicOf } from '@quadrille/choreography';
import { checkout, PaymentAuthorized } from '@quadrille/contracts';
import pg from 'pg';
import { lettersOf } from './dead-letters.js';
import { eventually } from './eventually.js';
import { holds } from './holds.js';
import { orderBody, orderThatFails } from './order-body.js';
import { run } from './program.js';
import { hold, type Stack, startStack } from './stack.js';
import { eventsSeen, type TimelineEvent, timelineOf, untilEnded, untilSeen } from './timeline.js';

const SLOW_MS = 180_000;

/** A service whose orders continue after its restart. */
const INVENTORY = 'inventory';
const TOPIC = topicOf(checkout, PaymentAuthorized);

/** An unused port for each service. */
const UNREACHABLE = Object.fromEntries(
  ['STOREFRONT', 'ORDER', 'PAYMENT', 'INVENTORY', 'SHIPPING', 'NOTIFICATION', 'PAYMENT_PROVIDER'].map((name) => [
    `${name}_URL`,
    'http://127.0.0.1:1',
  ]),
);

interface Platform {
  readonly checks: readonly { readonly about: string; readonly level: string; readonly message: string }[];
}

interface Found {
  readonly state: string;
  readonly findings: readonly { readonly cause: string; readonly step: string; readonly service: string }[];
}

describe('npx quadrille on a running system', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  }, 180_000);
  afterAll(() => stack?.stop(), 60_000);

  const place = async (body = orderBody()): Promise<string> => (await stack.shop.placeOrder(body)).body.orderId;

  /** Runs a command to its end; only the data folder is configured. */
  async function quadrille(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const program = run('packages/cli/bin/quadrille.mjs', args, { QUADRILLE_DATA_DIR: stack.dataDir });
    const code = await program.ended();
    return { code, ...program.output() };
  }
  async function json<Answer>(...args: string[]): Promise<{ code: number | null; answer: Answer }> {
    const { code, stdout, stderr } = await quadrille(...args, '--json');
    expect(stderr).toBe('');
    return { code, answer: JSON.parse(stdout) as Answer };
  }
  const restInStorefront = (orderId: string) =>
    eventually(
      'the end in the storefront',
      () => timelineOf(stack, orderId) as Promise<TimelineEvent & { afterwards: unknown[] }>,
      ({ outcome, afterwards }) => outcome !== null && afterwards.length === 0,
    );

  it('finds the system by a file that only its owner can read', () => {
    expect(statSync(join(stack.dataDir, 'running.json')).mode & 0o777).toBe(0o600);
  });

  it('prints a saga event by event, without colours if the output is not a terminal', async () => {
    const orderId = await place(orderThatFails('ShipmentFailed'));
    await untilEnded(stack, orderId);
    await restInStorefront(orderId);
    const { code, answer } = await json<TimelineEvent>('timeline', orderId);
    expect([code, answer.outcome]).toEqual([0, 'CANCELLED']);
    const { stdout } = await quadrille('timeline', orderId);
    const drawn = [...stdout.matchAll(/^ +[\d.]+ m?s +[^\w\s] (\w+)/gm)].map(([, event]) => event);
    expect(drawn).toEqual(eventsSeen(answer));
    expect(drawn).toContain('InventoryReleased');
    expect(stdout).not.toContain('\u001b');
  });

  it('places orders at a fixed rate, and counts their endings', async () => {
    const { code, answer } = await json<{ accepted: number }>(
      'load',
      '--rate',
      '20',
      '--seconds',
      '2',
      '--kind',
      'on account',
    );
    expect(answer).toMatchObject({ failed: 0, leftOut: 0, unanswered: 0 });
    expect(answer.accepted).toBeGreaterThan(20);
    expect(answer.accepted).toBeLessThanOrEqual(41);
    expect(code).toBe(0);
    // The next spec looks for the only waiting saga.
    await holds(stack);
  });

  it(
    'follows a waiting saga, reports the step and the service that is down, and sees the saga end',
    async () => {
      await stack.system.processes[INVENTORY].stop();
      const orderId = await place();
      await untilSeen(stack, orderId, 2);
      const following = run('packages/cli/bin/quadrille.mjs', ['timeline', orderId, '--follow'], {
        QUADRILLE_DATA_DIR: stack.dataDir,
      });
      await following.untilPrinted('waits for reserve-inventory of inventory');

      const doctor = await json<Found>('doctor', orderId);
      expect([doctor.code, doctor.answer.state]).toEqual([1, 'running']);
      expect(doctor.answer.findings).toMatchObject([
        { cause: 'service-down', step: 'reserve-inventory', service: 'inventory' },
      ]);
      const stuck = await json<{ sagas: object[] }>('stuck', '--older-than', '0.5');
      expect(stuck.code).toBe(1);
      expect(stuck.answer.sagas).toMatchObject([{ orderId, awaited: { step: 'reserve-inventory' } }]);
      const audit = await json<{ verdict: string; pending: object; promises: { violations: string[] }[] }>(
        ...['audit', '--within', '0'],
      );
      expect([audit.code, audit.answer.verdict]).toEqual([1, 'open']);
      expect(audit.answer.pending).toMatchObject({ openSagas: 1, unconsumed: 1 });
      expect(audit.answer.promises.flatMap(({ violations }) => violations)).toEqual([]);

      await stack.system.processes[INVENTORY].restart();
      expect(await following.ended()).toBe(0);
      expect(following.output().stdout).toMatch(/\nCOMPLETED after .*\n$/);
      expect(await json<Found>('doctor', orderId)).toMatchObject({ code: 0, answer: { findings: [] } });
      expect((await json('stuck', '--older-than', '0.5')).code).toBe(0);
    },
    SLOW_MS,
  );

  it(
    'shows a dead letter with its cause, records the operator and the reason of a redrive, and the saga continues',
    async () => {
      await hold(stack.system, INVENTORY, [TOPIC]);
      const orderId = await place();
      const inventory = new pg.Client({ connectionString: stack.system.databases[INVENTORY]! });
      await inventory.connect();
      await inventory.query(`alter table reservations add constraint broken check (order_id <> '${orderId}')`);
      await hold(stack.system, INVENTORY, []);
      const [letter] = await eventually(
        'its death',
        () => lettersOf(stack, INVENTORY, 'state=dead'),
        (letters) => letters.length === 1,
      );

      const listed = await quadrille('dead-letters', 'list');
      expect([listed.code, listed.stderr]).toEqual([1, '']);
      expect(listed.stdout).toContain(`dead   reserve-inventory  ${orderId}`);
      const shown = await json<object>('dead-letters', 'show', letter!.id, '--service', INVENTORY);
      expect(shown.answer).toMatchObject({ key: orderId, code: 'database', message: { key: orderId } });
      expect((await json<Found>('doctor', orderId)).answer.findings).toMatchObject([
        { cause: 'dead-letter', step: 'reserve-inventory', service: INVENTORY },
      ]);

      await inventory.query('alter table reservations drop constraint broken');
      const decision = ['--service', INVENTORY, '--by', 'ada', '--reason', 'the constraint is gone'];
      expect((await quadrille('dead-letters', 'redrive', letter!.id, ...decision)).code).toBe(0);
      expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
      const audited = await inventory.query("select by, reason from parked_audit where parked->>'key' = $1", [orderId]);
      await inventory.end();
      expect(audited.rows).toEqual([{ by: 'ada', reason: 'the constraint is gone' }]);
      const again = await quadrille('dead-letters', 'discard', letter!.id, ...decision);
      expect(again.code).toBe(2);
      expect(again.stderr).toContain(`Dead letter ${letter!.id} is gone: redriven by ada at `);
    },
    SLOW_MS,
  );

  it(
    'audits the seven promises, and reports a broken one',
    async () => {
      await holds(stack);
      const sound = await json<{ verdict: string; promises: { verdict: string }[] }>('audit');
      expect([sound.code, sound.answer.verdict, sound.answer.promises.length]).toEqual([0, 'holds', 7]);

      const inventory = new pg.Client({ connectionString: stack.system.databases[INVENTORY]! });
      await inventory.connect();
      await inventory.query("update stock set sold = sold + 1, received = received + 1 where sku = 'TEAPOT'");
      const broken = await quadrille('audit');
      await inventory.query("update stock set sold = sold - 1, received = received - 1 where sku = 'TEAPOT'");
      await inventory.end();
      expect(broken.code).toBe(1);
      expect(broken.stdout).toMatch(/^✗ per SKU: .*\n {4}.*TEAPOT/m);
      expect(broken.stdout).toMatch(/of 7 promises are broken\.\n$/);
    },
    SLOW_MS,
  );

  it.each([
    ['an unknown order', ['doctor', '0199aaaa-0000-7000-8000-000000000000'], 1],
    ['an invalid id', ['timeline', 'mine'], 2],
    ['an unknown command', ['dance'], 2],
    ['an option without its value', ['dead-letters', 'redrive', '1', '--service', 'order'], 2],
  ])('exits with a code for the kind of error: %s', async (_, args, expected) => {
    expect((await quadrille(...args)).code).toBe(expected);
  });

  it('prints one sentence with the remedy if no service answers', async () => {
    const unreachable = { QUADRILLE_DATA_DIR: join(stack.dataDir, 'nowhere'), STOREFRONT_URL: 'http://127.0.0.1:1' };
    const program = run('packages/cli/bin/quadrille.mjs', ['stuck'], unreachable);
    expect(await program.ended()).toBe(2);
    expect(program.output().stderr).toBe(
      'No answer from storefront at http://127.0.0.1:1: start the system with npm start, or set its address with STOREFRONT_URL.\n',
    );
  });

  it('exits with a message if one of the databases cannot be read', async () => {
    const env = { QUADRILLE_DATA_DIR: stack.dataDir, PAYMENT_DATABASE_URL: 'postgres://payment@127.0.0.1:1/payment' };
    const program = run('packages/cli/bin/quadrille.mjs', ['audit'], env);
    expect(await program.ended()).toBe(2);
    expect(program.output().stderr).toBe(
      'The audit cannot read the system (connect ECONNREFUSED 127.0.0.1:1): is all of it running?\n',
    );
  });

  it('prints one line per database, topic, group and service, even if some are down', async () => {
    const levels = (answer: Platform, level: string) =>
      answer.checks.filter((check) => check.level === level).map(({ about }) => about);
    const well = await eventually(
      'everything is well',
      () => json<Platform>('doctor'),
      ({ answer }) => levels(answer, 'broken').length === 0,
    );
    expect(well.code).toBe(0);
    const abouts = well.answer.checks.map(({ about }) => about);
    for (const about of [
      'database order',
      'Kafka',
      `topic ${TOPIC}`,
      'group quadrille.payment',
      'service storefront',
    ]) {
      expect(abouts).toContain(about);
    }
    const env = {
      QUADRILLE_DATA_DIR: stack.dataDir,
      PAYMENT_DATABASE_URL: 'postgres://payment@127.0.0.1:1/payment',
      SHIPPING_URL: 'http://127.0.0.1:1',
    };
    const program = run('packages/cli/bin/quadrille.mjs', ['doctor'], env);
    expect(await program.ended()).toBe(1);
    const broken = program
      .output()
      .stdout.split('\n')
      .filter((line) => line.startsWith('✗'));
    expect(broken.map((line) => line.slice(0, 22).trim())).toEqual(['✗ database payment', '✗ service shipping']);
    expect(broken[0]).toContain('ECONNREFUSED');
    const nowhere = { QUADRILLE_DATA_DIR: join(stack.dataDir, 'nowhere'), ...UNREACHABLE };
    expect(await run('packages/cli/bin/quadrille.mjs', ['doctor'], nowhere).ended()).toBe(2);
  });

  it('reports the relay if an order is accepted and its event not consumed', async () => {
    const relay = (paused: boolean) =>
      fetch(`${stack.system.adminUrls.order}/control/relay`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ paused }),
      });
    await relay(true);
    const orderId = await place();
    const doctor = await json<Found>('doctor', orderId);
    await relay(false);
    expect([doctor.code, doctor.answer.state]).toEqual([1, 'PLACED']);
    expect(doctor.answer.findings).toMatchObject([{ cause: 'not-relayed', service: 'order' }]);
    expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
  });

  it('removes the address file when the system stops', async () => {
    const file = join(stack.dataDir, 'running.json');
    await stack.stop();
    expect(existsSync(file)).toBe(false);
  }, 60_000);
});
