import { eventsConsumedBy, eventsOf, servicesOf } from './choreography.js';
import type { Rows } from './row.js';

/** The major version of every topic; a breaking change of a topic's shape is a new topic. */
const TOPIC_VERSION = 'v1';

/** The topic a service says its events on. */
export const topicOf = (system: string, service: string): string => `${system}.${service}.${TOPIC_VERSION}`;

/** Where the messages go that a service could not take: notices for operators, keyed like the original. */
export const deadLetterTopicOf = (system: string, service: string): string =>
  `${system}.${service}.dead-letter.${TOPIC_VERSION}`;

/** The consumer group of a service. */
export const groupOf = (system: string, service: string): string => `${system}.${service}`;

/** The topics a service listens to, in the order of the table. */
export const topicsConsumedBy = (system: string, rows: Rows, service: string): string[] => [
  ...new Set(eventsConsumedBy(rows, service).map((event) => topicOf(system, event.service))),
];

/** Every topic that must exist before a service starts: one a speaking service, a dead-letter topic a service. */
export function topicsOf(system: string, rows: Rows): string[] {
  const publishing = [...new Set(eventsOf(rows).map((event) => event.service))];
  return [
    ...publishing.map((service) => topicOf(system, service)),
    ...servicesOf(rows).map((service) => deadLetterTopicOf(system, service)),
  ];
}
