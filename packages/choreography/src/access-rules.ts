import { eventsOf, servicesOf } from './choreography.js';
import type { Rows } from './row.js';
import { deadLetterTopicOf, groupOf, topicOf, topicsConsumedBy } from './topology.js';

/** What a service is allowed on one topic or group, as Kafka's ACLs have it. */
export interface AccessRule {
  /** Whom it is about, as Kafka writes it: `User:order`. */
  readonly principal: string;
  readonly resource: 'topic' | 'group';
  readonly name: string;
  /** `prefixed`: whatever begins with the name. */
  readonly pattern: 'literal' | 'prefixed';
  readonly operations: readonly ('READ' | 'WRITE' | 'DESCRIBE' | 'DESCRIBE_CONFIGS' | 'DELETE')[];
}

/** The topics a service writes: its own, where it says something, and that of its dead letters. */
export function topicsWrittenBy(system: string, rows: Rows, service: string): string[] {
  const speaks = eventsOf(rows).some((event) => event.service === service);
  const acts = servicesOf(rows).includes(service);
  return [...(speaks ? [topicOf(system, service)] : []), ...(acts ? [deadLetterTopicOf(system, service)] : [])];
}

/** The least that lets a service do its part: it writes its own topics, reads those that its rows hear, in its own group. */
export function accessRulesOf(system: string, rows: Rows, service: string): AccessRule[] {
  const heard = topicsConsumedBy(system, rows, service);
  return [
    ...topicsWrittenBy(system, rows, service).map((topic) => topicRule(service, topic, ['WRITE', 'DESCRIBE'])),
    ...readRules(service, heard, groupOf(system, service)),
  ];
}

/** For whoever reads whole topics, in groups whose names begin with `group` where it is `prefixed`. */
export const readRules = (
  service: string,
  topics: readonly string[],
  group: string,
  pattern: AccessRule['pattern'] = 'literal',
): AccessRule[] =>
  topics.length === 0
    ? []
    : [
        ...topics.map((topic) => topicRule(service, topic, ['READ', 'DESCRIBE'])),
        { principal: principalOf(service), resource: 'group', name: group, pattern, operations: ['READ', 'DESCRIBE'] },
      ];

const topicRule = (service: string, name: string, operations: AccessRule['operations']): AccessRule => ({
  principal: principalOf(service),
  resource: 'topic',
  name,
  pattern: 'literal',
  operations,
});

/** The user of a service has its name. */
export const principalOf = (service: string): string => `User:${service}`;
