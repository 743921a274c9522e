import {
  type AccessRule,
  accessRulesOf,
  groupOf,
  principalOf,
  readRules,
  servicesOf,
  topicsConsumedBy,
} from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { topics } from './derived.js';

/** Not in the table: it reads everything, in a new group each time it begins anew. */
const STOREFRONT = 'storefront';
/** `npx quadrille audit` and `doctor`: they read every event, and look at every topic and group. */
const AUDITOR = 'auditor';
const AUDITOR_GROUPS = 'quadrille.auditor';

/** The least rights of every user of the cluster: a service each, the storefront, the auditor. */
export function accessRules(): AccessRule[] {
  const { system } = checkout;
  const services = servicesOf(shop);
  const all = topics().map(({ topic }) => topic);
  return [
    ...services.flatMap((service) => accessRulesOf(system, shop, service)),
    ...readRules(STOREFRONT, all, groupOf(system, STOREFRONT), 'prefixed'),
    ...readRules(AUDITOR, all, AUDITOR_GROUPS, 'prefixed').map((rule): AccessRule => {
      const more = rule.resource === 'topic' ? 'DESCRIBE_CONFIGS' : 'DELETE';
      return { ...rule, operations: [...rule.operations, more] };
    }),
    ...services
      .filter((service) => topicsConsumedBy(system, shop, service).length > 0)
      .map((service): AccessRule => {
        const name = groupOf(system, service);
        return {
          principal: principalOf(AUDITOR),
          resource: 'group',
          name,
          pattern: 'literal',
          operations: ['DESCRIBE'],
        };
      }),
  ];
}

/** The same as lines for a shell: what a user may do in the same way is one line. */
export function accessRulesAsCommands(rules: readonly AccessRule[]): string[] {
  const lines = new Map<string, AccessRule[]>();
  for (const rule of rules) {
    const alike = JSON.stringify([rule.principal, rule.resource, rule.pattern, rule.operations]);
    lines.set(alike, [...(lines.get(alike) ?? []), rule]);
  }
  return [...lines.values()].map((alike) => {
    const [{ principal, resource, pattern, operations }] = alike as [AccessRule];
    return [
      'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --command-config admin.properties --add',
      `--allow-principal ${principal}`,
      ...operations.map((operation) => `--operation ${inPascalCase(operation)}`),
      ...(pattern === 'prefixed' ? ['--resource-pattern-type prefixed'] : []),
      ...alike.map(({ name }) => `--${resource} ${name}`),
    ].join(' ');
  });
}

/** `DescribeConfigs`, as Kafka's commands have it. */
const inPascalCase = (operation: string): string =>
  operation.replace(/([A-Z])([A-Z]*)_?/g, (_, first: string, rest: string) => first + rest.toLowerCase());
