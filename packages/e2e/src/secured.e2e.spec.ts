import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEventType, groupOf, topicOf, topicsPublishedBy } from '@quadrille/choreography';
import {
  checkout,
  OrderCompleted,
  PaymentCaptured,
  PUBLISHERS,
  type ServiceName,
  ShipmentCreated,
} from '@quadrille/contracts';
import { EventProducer, RefusedTopics, readTopics, verifyTopics } from '@quadrille/kafka';
import { discardAll, lettersOf } from './dead-letters.js';
import { eventually } from './eventually.js';
import { holds } from './holds.js';
import { orderBody, orderThatFails } from './order-body.js';
import { type Stack, startStack } from './stack.js';
import { untilEnded } from './timeline.js';

const CLI = fileURLToPath(new URL('../../cli/bin/quadrille.mjs', import.meta.url));
const NOTIFICATION = fileURLToPath(new URL('../../../apps/notification/dist/main.js', import.meta.url));
const ACTORS = [...PUBLISHERS, 'notification'] as const;
/** A topic that only this service writes. */
const topicOfService = (service: string) => topicsPublishedBy(checkout, checkout.rows, service)[0]!;

/** `TOPIC_AUTHORIZATION_FAILED`, as the broker answers it, wherever it hangs. */
function typeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type } = at as { type?: unknown };
    if (typeof type === 'string') return type;
  }
  return undefined;
}

describe('the shop on servers with logins and TLS', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ secure: true });
  }, 180_000);
  afterAll(() => stack?.stop(), 60_000);

  const as = (user: string) => ({
    brokers: stack.system.kafka.brokers,
    clientId: `spec-${user}`,
    security: stack.system.kafka.secured!.security(user),
  });
  const publish = async (user: string, topic: string, headers: Record<string, string> = {}, key = 'k') => {
    const producer = new EventProducer(as(user));
    try {
      await producer.send([{ topic, key, headers, payload: '{}' }]);
    } finally {
      await producer.disconnect();
    }
  };
  const place = async (body = orderBody()): Promise<string> => (await stack.shop.placeOrder(body)).body.orderId;
  /** As an operator runs it, with the address file of the stack. */
  const quadrille = async (...args: string[]): Promise<{ code: number; json: any }> => {
    const where = ['--running', join(stack.dataDir, 'running.json')];
    const child = spawn(process.execPath, [CLI, ...args, '--json', ...where], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, json: JSON.parse(text) };
  };

  it('completes orders, and compensates those that fail', async () => {
    const completed = await Promise.all([place(), place(), place()]);
    const failing = ['PaymentFailed', 'InventoryReservationFailed', 'ShipmentFailed', 'PaymentCaptureFailed'];
    const cancelled = await Promise.all(failing.map((event) => place(orderThatFails(event))));
    for (const orderId of completed) expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
    for (const orderId of cancelled) expect(await untilEnded(stack, orderId)).toBe('CANCELLED');
  });

  it.each(ACTORS)('lets %s neither write to the topic of another, nor join its group', async (service) => {
    const other = PUBLISHERS.find((each) => each !== service)!;
    const refused = await publish(service, topicOfService(other)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedTopics);
    expect(typeOf((refused as RefusedTopics).topics.get(topicOfService(other)))).toBe('TOPIC_AUTHORIZATION_FAILED');
    const own = service === 'notification' ? topicOf(checkout, OrderCompleted) : topicOfService(service);
    const joined = verifyTopics({
      ...as(service),
      topics: [own],
      partitions: 1,
      group: groupOf(checkout.system, other),
    });
    await expect(joined).rejects.toThrow('Kafka does not let this user into the consumer group');
  });

  it('lets a service read no topic that its rows do not handle', async () => {
    const read = readTopics({ ...as('notification'), topics: [topicOfService('payment')] }, () => {});
    expect(typeOf(await read.catch((error: unknown) => error))).toBe('TOPIC_AUTHORIZATION_FAILED');
  });

  it('lets a service with a wrong password fail with one sentence', async () => {
    const { kafka, databases, personalData } = stack.system;
    const { KAFKA_SASL_PASSWORD_FILE: _, ...login } = kafka.secured!.variables('notification');
    const wrong = { ...login, KAFKA_SASL_PASSWORD: 'wr0ng', KAFKA_BROKERS: kafka.brokers.join(), PORT: '0' };
    const child = spawn(process.execPath, [NOTIFICATION], {
      env: { ...process.env, ...wrong, ...personalData, DATABASE_URL: databases.notification },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    expect([code, output]).toEqual([
      1,
      `notification cannot start: Kafka at ${kafka.brokers[0]} cannot be used: it refuses the user or the password. Correct KAFKA_SASL_USERNAME and the password, or make the user there.\n`,
    ]);
  });

  it('makes a dead letter of a forged event, even if a super user wrote it', async () => {
    const orderId = await place();
    expect(await untilEnded(stack, orderId)).toBe('COMPLETED');
    const headers = {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: randomUUID(),
      ce_source: '/payment/capture-payment',
      ce_type: cloudEventType(PaymentCaptured),
      ce_subject: orderId,
      ce_time: new Date().toISOString(),
      ce_correlationid: orderId,
    };
    await publish('admin', topicOf(checkout, ShipmentCreated), headers, orderId);
    const [letter] = await eventually(
      'the dead letter',
      () => lettersOf(stack, 'order', 'state=dead'),
      (letters) => letters.length > 0,
    );
    expect(letter).toMatchObject({ step: '*', code: 'wrong-origin' });
    for (const service of ACTORS) await discardAll(stack, service as ServiceName);
  });

  it('is audited and diagnosed with the rights of the auditor alone', async () => {
    await holds(stack);
    const audited = await quadrille('audit');
    expect([audited.code, audited.json.verdict]).toEqual([0, 'holds']);
    const { json } = await quadrille('doctor');
    const checks: { about: string; level: string; message: string }[] = json.checks;
    const seen = checks.filter(({ about }) => /^(Kafka|topic|group|database)/.test(about));
    expect(seen.filter(({ level }) => level === 'broken')).toEqual([]);
    expect(seen.find(({ about }) => about === 'topic quadrille.order.created')?.message).toMatch(
      /^6 partitions, 1 copy, retention /,
    );
  });
});
