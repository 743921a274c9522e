import {
  cloudEventType,
  deadLetterTopicOf,
  type Envelope,
  eventsOf,
  type Rows,
  type TopicNaming,
  topicOf,
} from '@quadrille/choreography';
import type { OutgoingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';

/** Topic and key of each event of the table, by its type on the wire, and the topic of the service's dead letters. */
export class ServiceTopics {
  readonly deadLetters: string;
  private readonly byType: ReadonlyMap<string, { readonly topic: string; readonly recordKey: string | undefined }>;

  constructor(naming: TopicNaming, rows: Rows, service: string) {
    this.deadLetters = deadLetterTopicOf(naming, service);
    this.byType = new Map(
      eventsOf(rows).map((event) => [
        cloudEventType(event),
        { topic: topicOf(naming, event), recordKey: event.recordKey },
      ]),
    );
  }

  /** The record of an event. Throws for a type that is not in the table. */
  recordOf(envelope: Envelope): OutgoingRecord {
    const found = this.byType.get(envelope.type);
    if (!found) throw new Error(`The type ${envelope.type} is not in the table.`);
    const { topic, recordKey } = found;
    if (recordKey === undefined) return encodeCloudEvent(topic, envelope);
    return encodeCloudEvent(topic, envelope, String((envelope.data as Record<string, unknown>)[recordKey]));
  }
}
