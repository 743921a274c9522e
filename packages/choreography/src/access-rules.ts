import { type Rows, servicesOf } from './row.js';
import { deadLetterTopicOf, groupOf, type TopicNaming, topicsConsumedBy, topicsPublishedBy } from './topology.js';

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

/** Topics that a service writes: those of its events, and its dead-letter topic. */
export function topicsWrittenBy(naming: TopicNaming, rows: Rows, service: string): string[] {
  const acts = servicesOf(rows).includes(service);
  return [...topicsPublishedBy(naming, rows, service), ...(acts ? [deadLetterTopicOf(naming, service)] : [])];
}

/** Least privileges of a service: it writes its own topics and reads the topics of its rows in its own group. */
export function accessRulesOf(naming: TopicNaming, rows: Rows, service: string): AccessRule[] {
  const consumed = topicsConsumedBy(naming, rows, service);
  return [
    ...topicsWrittenBy(naming, rows, service).map((topic) => topicRule(service, topic, ['WRITE', 'DESCRIBE'])),
    ...readRules(service, consumed, groupOf(naming.system, service)),
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
