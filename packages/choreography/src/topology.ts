import { eventsConsumedBy, eventsOf, servicesOf } from './choreography.js';
import type { Rows } from './row.js';

/** The major version of every topic. A breaking change of a topic needs a new topic. */
const TOPIC_VERSION = 'v1';

/** The topic of a service's events. */
export const topicOf = (system: string, service: string): string => `${system}.${service}.${TOPIC_VERSION}`;

/** The topic for messages that a service could not process: notices for operators, with the key of the original. */
export const deadLetterTopicOf = (system: string, service: string): string =>
  `${system}.${service}.dead-letter.${TOPIC_VERSION}`;

/** The consumer group of a service. */
export const groupOf = (system: string, service: string): string => `${system}.${service}`;

/** The topics that a service consumes, in the order of the table. */
export const topicsConsumedBy = (system: string, rows: Rows, service: string): string[] => [
  ...new Set(eventsConsumedBy(rows, service).map((event) => topicOf(system, event.service))),
];

/** Every topic that must exist before a service starts: one per publishing service, and one dead-letter topic per service. */
export function topicsOf(system: string, rows: Rows): string[] {
  const publishing = [...new Set(eventsOf(rows).map((event) => event.service))];
  return [
    ...publishing.map((service) => topicOf(system, service)),
    ...servicesOf(rows).map((service) => deadLetterTopicOf(system, service)),
  ];
}
