import { eventsOf, servicesOf } from './choreography.js';
import type { Rows } from './row.js';
import { deadLetterTopicOf, groupOf, topicOf, topicsConsumedBy } from './topology.js';

/** Permissions of a service on one topic or group, in the terms of Kafka's ACLs. */
export interface AccessRule {
  /** Kafka principal: `User:order`. */
  readonly principal: string;
  readonly resource: 'topic' | 'group';
  readonly name: string;
  /** `prefixed`: all resources whose name begins with `name`. */
  readonly pattern: 'literal' | 'prefixed';
  readonly operations: readonly ('READ' | 'WRITE' | 'DESCRIBE' | 'DESCRIBE_CONFIGS' | 'DELETE')[];
}

/** Topics that a service writes: its own if it emits events, and its dead-letter topic. */
export function topicsWrittenBy(system: string, rows: Rows, service: string): string[] {
  const speaks = eventsOf(rows).some((event) => event.service === service);
  const acts = servicesOf(rows).includes(service);
  return [...(speaks ? [topicOf(system, service)] : []), ...(acts ? [deadLetterTopicOf(system, service)] : [])];
}

/** Least privileges of a service: it writes its own topics and reads the topics of its rows in its own group. */
export function accessRulesOf(system: string, rows: Rows, service: string): AccessRule[] {
  const consumed = topicsConsumedBy(system, rows, service);
  return [
    ...topicsWrittenBy(system, rows, service).map((topic) => topicRule(service, topic, ['WRITE', 'DESCRIBE'])),
    ...readRules(service, consumed, groupOf(system, service)),
  ];
}

/** Rules for a reader of whole topics, in groups whose names begin with `group` if `pattern` is `prefixed`. */
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

/** The Kafka user of a service is named like the service. */
export const principalOf = (service: string): string => `User:${service}`;
