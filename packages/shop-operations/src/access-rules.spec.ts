import { describe, expect, it } from '@jest/globals';
import { eventsOf, topicOf } from '@quadrille/choreography';
import { naming, SAGA_SERVICES, shop } from '@quadrille/contracts';
import { accessRulesAsCommands } from '@quadrille/operate/access-rules-as-commands';
import { accessRules } from './access-rules.js';

/** The operations of a user on each topic and group. */
function rightsOf(user: string): Record<string, string> {
  const own = accessRules().filter(({ principal }) => principal === `User:${user}`);
  return Object.fromEntries(
    own.map(({ resource, name, pattern, operations }) => [
      `${resource} ${name}${pattern === 'prefixed' ? '*' : ''}`,
      operations.join(' '),
    ]),
  );
}

const READ = 'READ DESCRIBE';
const WRITE = 'WRITE DESCRIBE';

describe('the least rights of the shop', () => {
  it('let each service write its own topics, and read the topics of its rows in its own group', () => {
    expect(rightsOf('order')).toEqual({
      'topic quadrille.order.created': WRITE,
      'topic quadrille.order.completed': WRITE,
      'topic quadrille.order.v1': WRITE,
      'topic quadrille.order.dead-letter.v1': WRITE,
      'topic quadrille.payment.authorized': READ,
      'topic quadrille.payment.captured': READ,
      'topic quadrille.payment.v1': READ,
      'topic quadrille.inventory.reserved': READ,
      'topic quadrille.inventory.v1': READ,
      'topic quadrille.shipping.shipment-created': READ,
      'group quadrille.order': READ,
    });
    expect(rightsOf('notification')).toEqual({
      'topic quadrille.notification.dead-letter.v1': WRITE,
      'topic quadrille.order.completed': READ,
      'topic quadrille.order.v1': READ,
      'group quadrille.notification': READ,
    });
  });

  it('let only one user write to each topic', () => {
    const writers = new Map<string, string[]>();
    for (const { principal, name, operations } of accessRules()) {
      if (operations.includes('WRITE')) writers.set(name, [...(writers.get(name) ?? []), principal]);
    }
    expect(Object.fromEntries(writers)).toEqual(
      Object.fromEntries([
        ...eventsOf(shop).map((event) => [topicOf(naming, event), [`User:${event.service}`]]),
        ...SAGA_SERVICES.map((name) => [`quadrille.${name}.dead-letter.v1`, [`User:${name}`]]),
      ]),
    );
  });

  it('let the storefront and the auditor read everything and write nothing', () => {
    expect(rightsOf('storefront')).toMatchObject({
      'topic quadrille.payment.authorized': READ,
      'topic quadrille.payment.dead-letter.v1': READ,
      'group quadrille.storefront*': READ,
    });
    expect(rightsOf('auditor')).toMatchObject({
      'topic quadrille.payment.authorized': `${READ} DESCRIBE_CONFIGS`,
      'group quadrille.auditor*': `${READ} DELETE`,
      'group quadrille.order': 'DESCRIBE',
    });
  });

  it('are printed as lines for a shell', () => {
    const lines = accessRulesAsCommands(accessRules());
    const begin =
      'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --command-config admin.properties --add --allow-principal';
    expect(lines.filter((line) => line.includes('User:notification '))).toEqual([
      `${begin} User:notification --operation Write --operation Describe --topic quadrille.notification.dead-letter.v1`,
      `${begin} User:notification --operation Read --operation Describe --topic quadrille.order.completed --topic quadrille.order.v1`,
      `${begin} User:notification --operation Read --operation Describe --group quadrille.notification`,
    ]);
    expect(lines).toContain(
      `${begin} User:storefront --operation Read --operation Describe --resource-pattern-type prefixed --group quadrille.storefront`,
    );
    expect(lines.join()).toContain('--operation DescribeConfigs --topic');
  });
});
