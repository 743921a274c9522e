import { setTimeout as pause } from 'node:timers/promises';
import { type Choreography, eventTopicsOf } from '@quadrille/choreography';
import type { FollowedTopics } from '@quadrille/kafka';
import { connectionOf, EventDecoder, type PublishedEvent } from '../running/published-events.js';
import type { RunningSystem } from '../running/running-system.js';

/** The read begins with this many latest records of each partition. */
const LATEST_RECORDS = 500;
const RETRY_AFTER_MS = 1_000;

/** The consumer of a live view. */
export interface EventSink {
  add(event: PublishedEvent): void;
  /** The reason why Kafka cannot be read; null as soon as it is read. */
  setProblem(problem: string | null): void;
}

/**
 * Follows the topics of a choreography until the signal aborts, with no consumer group of the application. It continues after an
 * outage at the record where it stopped, and waits for topics that do not exist yet.
 */
export async function followEvents(
  choreography: Choreography,
  system: RunningSystem,
  sink: EventSink,
  signal: AbortSignal,
): Promise<void> {
  const { followTopics } = await import('@quadrille/kafka');
  const topics = eventTopicsOf(choreography, choreography.rows);
  const decoder = new EventDecoder(choreography, system);
  const from = new Map<string, bigint>();
  while (!signal.aborted) {
    let followed: FollowedTopics | undefined;
    let end: (reason: string) => void = () => {};
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    const abort = () => end('stopped');
    signal.addEventListener('abort', abort, { once: true });
    try {
      const onEnd = ({ message }: Error) => end(message);
      const wanted = { ...connectionOf(system), topics, from, latest: LATEST_RECORDS, onEnd };
      followed = await followTopics(wanted, (record) => {
        from.set(`${record.topic}/${record.partition}`, BigInt(record.offset) + 1n);
        const event = decoder.eventOf(record);
        if (event) sink.add(event);
      });
      sink.setProblem(null);
      throw new Error(await ended);
    } catch (error) {
      sink.setProblem(`Kafka at ${system.brokers.join()} cannot be read: ${(error as Error).message}`);
    }
    signal.removeEventListener('abort', abort);
    await followed?.stop();
    await pause(RETRY_AFTER_MS, undefined, { signal }).catch(() => {});
  }
}
