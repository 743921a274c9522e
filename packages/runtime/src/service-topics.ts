import {
  cloudEventType,
  deadLetterTopicOf,
  eventsOf,
  type Rows,
  type TopicNaming,
  topicOf,
} from '@quadrille/choreography';

/** The topics that a service writes: those of its events by their types on the wire, and that of its dead letters. */
export class ServiceTopics {
  readonly deadLetters: string;
  private readonly byType: ReadonlyMap<string, string>;

  constructor(naming: TopicNaming, rows: Rows, service: string) {
    this.deadLetters = deadLetterTopicOf(naming, service);
    this.byType = new Map(eventsOf(rows).map((event) => [cloudEventType(event), topicOf(naming, event)]));
  }

  /** Throws for a type that is not in the table. */
  of(type: string): string {
    const topic = this.byType.get(type);
    if (topic === undefined) throw new Error(`The type ${type} is not in the table.`);
    return topic;
  }
}
