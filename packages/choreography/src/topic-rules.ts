import { cloudEventType, type EventType } from './event.js';
import { eventsOf, type Rows, servicesOf } from './row.js';
import { deadLetterTopicOf, type TopicNaming, topicOf } from './topology.js';
import { emitting, names, type Violation } from './violation.js';

/** Kafka's own rule: https://kafka.apache.org/documentation/#basic_ops_add_topic. */
const LEGAL = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** A table with the names of its topics: a choreography, or the definition of a service. */
export interface NamedTable extends TopicNaming {
  readonly rows: Rows;
}

/** The names of topics are legal, and each topic has one owner and each type one topic. */
export function topicRules(choreography: NamedTable): Violation[] {
  const unknown = knownNames(choreography);
  if (unknown.length > 0) return unknown;
  return [...legalNames(choreography), ...oneWriter(choreography), ...oneTopicPerType(choreography)];
}

/**
 * Conflicts between choreographies of one application, in sentences: a type that they publish to and consume from different topics,
 * or a topic that both write.
 */
export function topicConflicts(one: NamedTable, other: NamedTable): string[] {
  if (one.system === other.system) return [];
  const theirs = new Map(eventsOf(other.rows).map((event) => [event.wireName, event]));
  const elsewhere = eventsOf(one.rows).flatMap((event) => {
    const same = theirs.get(event.wireName);
    if (!same || topicOf(one, event) === topicOf(other, same)) return [];
    return `The type ${event.wireName} is on two topics: ${topicOf(one, event)} in ${one.system}, ${topicOf(other, same)} in ${other.system}. Name its topic in topics.events of one of them.`;
  });
  const written = writtenTopics(other);
  const twice = [...writtenTopics(one)].filter((topic) => written.has(topic) && !isDeclared(one, other, topic));
  return [
    ...elsewhere,
    ...twice.map(
      (topic) =>
        `The choreographies ${one.system} and ${other.system} both write the topic ${topic}: name another in topics, or add it to topics.shared of both.`,
    ),
  ];
}

function knownNames({ rows, topics = {} }: NamedTable): Violation[] {
  const events = eventsOf(rows);
  const services = new Set([...servicesOf(rows), ...events.map(({ service }) => service)]);
  const eventNames = new Set(events.map(({ name }) => name));
  const unknown = (kind: string, given: object | undefined, known: ReadonlySet<string>) =>
    Object.keys(given ?? {})
      .filter((name) => !known.has(name))
      .map((name) =>
        violation(`topics.${kind} names '${name}', which is not in the table; it has ${[...known].join(', ')}.`),
      );
  return [...unknown('services', topics.services, services), ...unknown('events', topics.events, eventNames)];
}

const legalNames = (choreography: NamedTable): Violation[] =>
  [...writersOf(choreography).keys()]
    .filter((topic) => !LEGAL.test(topic))
    .map((topic) =>
      violation(
        `Kafka does not allow a topic ${JSON.stringify(topic)}: a name has 1 to 249 letters, digits, dots, hyphens and underscores. Correct system or topics.`,
      ),
    );

/** Kafka refuses two topics that differ only in `.` and `_`. */
function oneWriter(choreography: NamedTable): Violation[] {
  const shared = new Set(choreography.topics?.shared ?? []);
  const alike = new Map<string, string>();
  return [...writersOf(choreography)].flatMap(([topic, writers]) => {
    const twin = alike.get(topic.replaceAll('.', '_'));
    alike.set(topic.replaceAll('.', '_'), topic);
    const found: Violation[] = [];
    if (writers.size > 1 && !shared.has(topic)) {
      const explanation = `${[...writers].join(' and ')} write the topic ${topic}: name another in topics, or add it to topics.shared.`;
      found.push(violation(explanation));
    }
    if (twin !== undefined) {
      found.push(violation(`Kafka takes ${twin} and ${topic} for one name: '.' and '_' count as the same.`));
    }
    return found;
  });
}

function oneTopicPerType(choreography: NamedTable): Violation[] {
  const known = new Map<string, EventType>();
  return eventsOf(choreography.rows).flatMap((event) => {
    const other = known.get(event.wireName);
    known.set(event.wireName, event);
    if (!other) return [];
    const topics = new Set([topicOf(choreography, other), topicOf(choreography, event)]);
    const where = topics.size > 1 ? `is on two topics, ${[...topics].join(' and ')}` : 'is declared twice';
    const explanation = `The type ${cloudEventType(event)} ${where} (${other.name} and ${event.name}): declare it once, or give one of them another wireName.`;
    return [violation(explanation, names(emitting(choreography, event)))];
  });
}

/** Writers by topic: `order`, or `dead letters of order`. */
function writersOf(choreography: NamedTable): Map<string, Set<string>> {
  const writers = new Map<string, Set<string>>();
  const add = (topic: string, writer: string) => writers.set(topic, (writers.get(topic) ?? new Set()).add(writer));
  for (const event of eventsOf(choreography.rows)) add(topicOf(choreography, event), event.service);
  for (const service of servicesOf(choreography.rows)) {
    add(deadLetterTopicOf(choreography, service), `dead letters of ${service}`);
  }
  return writers;
}

/** Not those that the table only consumes. */
const writtenTopics = ({ rows, ...naming }: NamedTable): Set<string> =>
  new Set(
    servicesOf(rows).flatMap((service) => [
      ...emittedTopics(naming, rows, service),
      deadLetterTopicOf(naming, service),
    ]),
  );

const emittedTopics = (naming: TopicNaming, rows: Rows, service: string): string[] =>
  Object.values(rows).flatMap((row) =>
    row.service === service ? row.emits.map((event) => topicOf(naming, event)) : [],
  );

const isDeclared = (one: NamedTable, other: NamedTable, topic: string): boolean =>
  [one, other].every(({ topics }) => topics?.shared?.includes(topic));

const violation = (explanation: string, rows: readonly string[] = []): Violation => ({
  rule: 'topics',
  rows,
  explanation,
});
