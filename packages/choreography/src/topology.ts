import { type EventType, wrongOrigin } from './event.js';
import { eventsConsumedBy, eventsHandledBy, eventsOf, type Rows, servicesOf } from './row.js';

/** Names of topics where they differ from the default; for clusters that have rules of their own, and for topics that exist. */
export interface Topics {
  /** The topic of a service's events, with `{system}` and `{service}` as placeholders: `acme.{service}.v2`. Default: `{system}.{service}.v1`. */
  readonly pattern?: string;
  /** The same for its dead letters. Default: `{system}.{service}.dead-letter.v1`. */
  readonly deadLetters?: string;
  /** By service: `{ order: 'legacy.orders' }`. */
  readonly services?: Readonly<Record<string, string>>;
  /** By the name of the event, for events with a topic of their own: `{ OrderCancelled: 'legacy.cancellations' }`. */
  readonly events?: Readonly<Record<string, string>>;
  /** Topics that several services write. Kafka's permissions cannot separate the writers of one topic. */
  readonly shared?: readonly string[];
}

/** The names from which those of topics derive. A choreography is one. */
export interface TopicNaming {
  readonly system: string;
  readonly topics?: Topics;
}

/**
 * For `topics.events`: each of these events has a topic of its own, named like its type without the version: `{ OrderCreated:
 * 'shop.order.created' }`. A service then reads only events that it handles, but those of one key in any order: `npx quadrille explore`
 * and `simulate` check whether the steps tolerate that. It is worth a topic, which has a price, for frequent events.
 */
export const topicPerEvent = (events: readonly EventType[]): Readonly<Record<string, string>> =>
  Object.fromEntries(events.map(({ name, wireName }) => [name, wireName]));

const DEFAULT_PATTERN = '{system}.{service}.v1';
const DEFAULT_DEAD_LETTERS = '{system}.{service}.dead-letter.v1';

/** The topic of an event; of a service: of its events without a topic of their own. */
export function topicOf(naming: TopicNaming, of: string | EventType): string {
  const { pattern = DEFAULT_PATTERN, services, events } = naming.topics ?? {};
  const own = typeof of === 'string' ? undefined : ownEntry(events, of.name);
  const service = typeof of === 'string' ? of : of.service;
  return own ?? ownEntry(services, service) ?? filled(pattern, naming.system, service);
}

/** The topic for messages that a service could not process: notices for operators, with the key of the original. */
export const deadLetterTopicOf = ({ system, topics }: TopicNaming, service: string): string =>
  filled(topics?.deadLetters ?? DEFAULT_DEAD_LETTERS, system, service);

/** The consumer group of a service. */
export const groupOf = (system: string, service: string): string => `${system}.${service}`;

/** The topics of the events that a service owns, in the order of the table. */
export const topicsPublishedBy = (naming: TopicNaming, rows: Rows, service: string): string[] =>
  topicsOfEvents(
    naming,
    eventsOf(rows).filter((event) => event.service === service),
  );

/** The topics that a service consumes, in the order of the table. */
export const topicsConsumedBy = (naming: TopicNaming, rows: Rows, service: string): string[] =>
  topicsOfEvents(naming, eventsConsumedBy(rows, service));

/** Of these, the topics whose events only extend deadlines of the service: nothing waits for them. */
export function topicsOfExtensions(naming: TopicNaming, rows: Rows, service: string): string[] {
  const own = Object.values(rows).filter((row) => row.service === service);
  const handled = new Set(topicsOfEvents(naming, own.flatMap(eventsHandledBy)));
  return topicsConsumedBy(naming, rows, service).filter((topic) => !handled.has(topic));
}

/** Every topic with events, in the order of the table. */
export const eventTopicsOf = (naming: TopicNaming, rows: Rows): string[] => topicsOfEvents(naming, eventsOf(rows));

/** Every topic that must exist before a service starts: those of the events, and those of dead letters. */
export const topicsOf = (naming: TopicNaming, rows: Rows): string[] => [
  ...new Set([
    ...eventTopicsOf(naming, rows),
    ...servicesOf(rows).map((service) => deadLetterTopicOf(naming, service)),
  ]),
];

const topicsOfEvents = (naming: TopicNaming, events: readonly EventType[]): string[] => [
  ...new Set(events.map((event) => topicOf(naming, event))),
];

const filled = (pattern: string, system: string, service: string): string =>
  pattern.replaceAll('{system}', system).replaceAll('{service}', service);

/** Undefined for names that every object has, such as `constructor`. */
const ownEntry = (names: Readonly<Record<string, string>> | undefined, name: string): string | undefined =>
  names && Object.hasOwn(names, name) ? names[name] : undefined;

/** Throws {@link wrongOrigin} unless the topic is that of the event. */
export function demandOwnTopic(naming: TopicNaming, event: EventType, topic: string): void {
  const own = topicOf(naming, event);
  if (topic !== own) throw wrongOrigin(event, `was published to ${topic}, not to ${own}`);
}
