import { type Choreography, cloudEventType, eventsOf, eventTopicsOf } from '@quadrille/choreography';
import type { Connection, IncomingRecord, Offsets } from '@quadrille/kafka';
import { decodeAttributes, decodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { WireCodec } from '@quadrille/kafka/wire';
import { Refusal } from '../terminal/acting.js';
import type { RunningSystem } from './running-system.js';

const CLIENT_ID = 'quadrille-operate';
const SOURCE = /^\/([^/]+)\/(.+)$/;

/** An event of the choreography with its record. */
export interface PublishedEvent {
  readonly id: string;
  /** Its name in the table. */
  readonly event: string;
  readonly service: string;
  readonly step: string;
  readonly key: string;
  readonly correlationId: string;
  /** The id of the event that the step handled; undefined for a command or a deadline. */
  readonly causationId: string | undefined;
  /** ISO 8601. */
  readonly at: string;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: string };
}

/** Decodes records to events of a choreography. */
export class EventDecoder {
  private readonly names: ReadonlyMap<string, string>;
  private readonly codec: WireCodec | undefined;

  constructor(choreography: Choreography, { wire }: RunningSystem) {
    this.names = new Map(eventsOf(choreography.rows).map((event) => [cloudEventType(event), event.name]));
    this.codec = wire && new WireCodec(wire);
  }

  /** Values in another format than JSON are not decoded, so that no schema registry is needed. */
  private attributesOf(received: IncomingRecord): ReturnType<typeof decodeAttributes> {
    const record = this.codec ? this.codec.withDefaultHeaders(received) : received;
    return this.codec?.isEncoded(received) ? decodeAttributes(record) : decodeCloudEvent(record);
  }

  /** Returns undefined for a record that is no event of the choreography. */
  eventOf(record: IncomingRecord): PublishedEvent | undefined {
    try {
      const { id, type, source, subject, time, correlationid, causationid } = this.attributesOf(record);
      const [, service, step] = SOURCE.exec(source) ?? [];
      const event = this.names.get(type) ?? olderName(this.names, type);
      if (event === undefined || service === undefined || step === undefined) return undefined;
      const { topic, partition, offset } = record;
      return {
        ...{ id, event, service, step, key: subject, at: time },
        ...{ correlationId: correlationid, causationId: causationid, record: { topic, partition, offset } },
      };
    } catch {
      // Not an event of this choreography: its consumer parks it, and doctor counts parked messages.
      return undefined;
    }
  }
}

/**
 * Reads the topics of a choreography from the end of the previous read; the first read starts at the beginning. Records that are
 * no events are skipped.
 */
export class EventReader {
  private readonly next = new Map<string, bigint>();
  private readonly topics: readonly string[];
  private readonly decoder: EventDecoder;

  constructor(
    choreography: Choreography,
    private readonly system: RunningSystem,
  ) {
    this.decoder = new EventDecoder(choreography, system);
    this.topics = eventTopicsOf(choreography, choreography.rows);
  }

  /**
   * Returns all new events that match `isWanted`, in the order of each partition. Throws a {@link Refusal} if Kafka cannot be
   * read.
   */
  async read(isWanted: (event: PublishedEvent) => boolean = () => true): Promise<PublishedEvent[]> {
    const found: PublishedEvent[] = [];
    const from: Offsets = new Map(this.next);
    try {
      // The client loads Nest's microservices; other commands do not need them.
      const { readTopics } = await import('@quadrille/kafka');
      await readTopics({ ...connectionOf(this.system), topics: this.topics, from, onUnreadable() {} }, (record) => {
        this.next.set(`${record.topic}/${record.partition}`, BigInt(record.offset) + 1n);
        const event = this.decoder.eventOf(record);
        if (event && isWanted(event)) found.push(event);
      });
    } catch (error) {
      throw new Refusal(`Kafka at ${this.system.brokers.join()} cannot be read: ${(error as Error).message}`);
    }
    return found;
  }
}

/** The client of the commands. */
export const connectionOf = ({ brokers, security }: RunningSystem): Connection => ({
  brokers,
  clientId: CLIENT_ID,
  ...(security && { security }),
});

/** Finds the name of an older version of an event: versions share one wire name. */
function olderName(names: ReadonlyMap<string, string>, type: string): string | undefined {
  const wireName = type.replace(/\.v\d+$/, '.');
  for (const [current, name] of names) if (current.replace(/\.v\d+$/, '.') === wireName) return name;
  return undefined;
}
