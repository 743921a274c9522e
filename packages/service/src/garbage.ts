import { eventsOf, sourceOf, topicOf, wireType } from '@quadrille/choreography';
import { EventProducer } from '@quadrille/kafka';
import type { Boot } from './boot.js';
import { newId } from './ids.js';

/** What nobody can make sense of, and what says that it is an event of ours and is broken. */
export type GarbageKind = 'unreadable' | 'broken-event';

/** Puts on the service's own topic what no step ever said: for demonstrations and tests. */
export class Garbage {
  constructor(private readonly boot: Boot) {}

  /** Sends one record of this kind under a key, by which what comes after it waits; returns where it lies. */
  async put(kind: GarbageKind, key: string): Promise<{ topic: string }> {
    const { definition, env, log } = this.boot;
    const topic = topicOf(definition.system, definition.part.service);
    const headers = kind === 'unreadable' ? { 'content-type': 'text/plain' } : this.headersOfAnEvent(key);
    const clientId = `${definition.part.service}-garbage`;
    const producer = new EventProducer({ brokers: env.KAFKA_BROKERS, clientId, log });
    try {
      await producer.send([{ topic, key, headers, payload: '{"this is": "garbage' }]);
    } finally {
      await producer.disconnect();
    }
    return { topic };
  }

  /** Those of the first event of the saga that this service says in its table. */
  private headersOfAnEvent(key: string): Record<string, string> {
    const { rows, part } = this.boot.definition;
    const event = eventsOf(rows).find(({ by }) => by === part.service)!;
    const [step] = Object.entries(rows).find(([, row]) => row.says.includes(event))!;
    return {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: newId(),
      ce_source: sourceOf(part.service, step),
      ce_type: wireType(event),
      ce_subject: key,
      ce_time: new Date().toISOString(),
      ce_correlationid: key,
    };
  }
}
