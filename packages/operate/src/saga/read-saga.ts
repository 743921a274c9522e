import { type Choreography, servicesOf } from '@quadrille/choreography';
import { EventReader, type PublishedEvent } from '../running/published-events.js';
import type { RunningSystem } from '../running/running-system.js';
import type { SagaTimeline } from '../saga-timeline.js';
import { Refusal } from '../terminal/acting.js';
import { factsOf, type SeenFacts } from './service-facts.js';
import { timelineOf } from './timeline-of.js';

/** All data of topics and databases about one saga. */
export interface ReadSaga {
  /** Undefined until an event of it is published. */
  readonly timeline: SagaTimeline | undefined;
  readonly events: readonly PublishedEvent[];
  /** By service, if its database is configured. */
  readonly facts: ReadonlyMap<string, SeenFacts>;
}

const MOST_ID_CHARACTERS = 200;

/** Returns the id of a saga from an argument. Throws a {@link Refusal} if it cannot be one. */
export function sagaIdOf(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern rejects control characters
  if (text.length <= MOST_ID_CHARACTERS && !/[\u0000-\u001f\u007f]/.test(text) && text.trim() !== '') return text;
  throw new Refusal(`${JSON.stringify(text)} is not an id of a saga; use the key of its events.`);
}

/** Reads a saga by its correlation id, or by the key of its events. Throws a {@link Refusal} if Kafka cannot be read. */
export async function readSaga(choreography: Choreography, system: RunningSystem, id: string): Promise<ReadSaga> {
  const isOfSaga = ({ key, correlationId }: PublishedEvent) => key === id || correlationId === id;
  const events = await new EventReader(choreography, system).read(isOfSaga);
  const ids = events.map((event) => event.id);
  const keys = [...new Set([id, ...events.map(({ key }) => key)])];
  const services = servicesOf(choreography.rows).filter((service) => system.databases[service] !== undefined);
  const facts = new Map(
    await Promise.all(
      services.map(async (service) => [service, await factsOf(system.databases[service]!, ids, keys)] as const),
    ),
  );
  return { timeline: events.length > 0 ? timelineOf(choreography, events, facts) : undefined, events, facts };
}
