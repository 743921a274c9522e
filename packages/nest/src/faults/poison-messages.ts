import { cloudEventType, type EventType, eventsOf, sourceOf, topicOf } from '@quadrille/choreography';
import { EventProducer } from '@quadrille/kafka';
import { newId } from '@quadrille/runtime';
import { connectionOf } from '../broker.js';
import type { ServiceContext } from '../service-context.js';

/** An unreadable record, or a malformed event of the service. */
export type PoisonKind = 'unreadable' | 'broken-event';

/** Publishes records on a topic of the service that no step emitted: for demonstrations and tests. */
export class PoisonMessages {
  constructor(private readonly context: ServiceContext) {}

  /**
   * Sends one record of this kind to the topic of the service's first event in the table; returns that topic. The record blocks
   * later ones of its key.
   */
  async publish(kind: PoisonKind, key: string): Promise<{ topic: string }> {
    const { definition } = this.context;
    const topic = topicOf(definition, this.eventOfService());
    const headers = kind === 'unreadable' ? { 'content-type': 'text/plain' } : this.headersOfAnEvent(key);
    const clientId = `${definition.steps.service}-garbage`;
    const producer = new EventProducer({ ...connectionOf(this.context), clientId });
    try {
      await producer.send([{ topic, key, headers, payload: '{"this is": "garbage' }]);
    } finally {
      await producer.disconnect();
    }
    return { topic };
  }

  private eventOfService(): EventType {
    const { rows, steps } = this.context.definition;
    return eventsOf(rows).find(({ service }) => service === steps.service)!;
  }

  /** The headers of the first event of the saga that this service emits. */
  private headersOfAnEvent(key: string): Record<string, string> {
    const { rows, steps } = this.context.definition;
    const event = this.eventOfService();
    const [step] = Object.entries(rows).find(([, row]) => row.emits.includes(event))!;
    return {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: newId(),
      ce_source: sourceOf(steps.service, step),
      ce_type: cloudEventType(event),
      ce_subject: key,
      ce_time: new Date().toISOString(),
      ce_correlationid: key,
    };
  }
}
