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

/** Not in the table: it reads all topics, in a new group after each rebuild. */
const STOREFRONT = 'storefront';
/** `npx quadrille audit` and `doctor`: they read every event, and describe every topic and group. */
const AUDITOR = 'auditor';
const AUDITOR_GROUPS = 'quadrille.auditor';

/** The required rights of every user of the cluster: one per service, the storefront, the auditor. */
export function accessRules(): AccessRule[] {
  const { system } = checkout;
  const services = servicesOf(shop);
  const all = topics().map(({ topic }) => topic);
  return [
    ...services.flatMap((service) => accessRulesOf(checkout, shop, service)),
    ...readRules(STOREFRONT, all, groupOf(system, STOREFRONT), 'prefixed'),
    ...readRules(AUDITOR, all, AUDITOR_GROUPS, 'prefixed').map((rule): AccessRule => {
      const more = rule.resource === 'topic' ? 'DESCRIBE_CONFIGS' : 'DELETE';
      return { ...rule, operations: [...rule.operations, more] };
    }),
    ...services
      .filter((service) => topicsConsumedBy(checkout, shop, service).length > 0)
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
