import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { accessRulesOf } from './access-rules.js';
import { asyncApi } from './asyncapi.js';
import { type Choreography, choreography } from './choreography.js';
import { endings } from './endings.js';
import { event } from './event.js';
import { command, deadline, eventsOf } from './row.js';
import { topicConflicts, topicRules } from './topic-rules.js';
import {
  deadLetterTopicOf,
  demandOwnTopic,
  type Topics,
  topicOf,
  topicPerEvent,
  topicsConsumedBy,
  topicsOf,
  topicsOfExtensions,
} from './topology.js';
import { verify } from './verify.js';

const schema = z.object({ id: z.string() });
const at = { key: 'id', version: 1, schema } as const;
const Placed = event('Placed', { ...at, service: 'order', wireName: 'shop.order.placed' });
const Paid = event('Paid', { ...at, service: 'payment', wireName: 'shop.payment.paid' });
const Refused = event('Refused', { ...at, service: 'payment', wireName: 'shop.payment.refused', failure: true });
const Done = event('Done', { ...at, service: 'order', wireName: 'shop.order.done', final: true });
const Cancelled = event('Cancelled', { ...at, service: 'order', wireName: 'shop.order.cancelled', final: true });
const rows = {
  place: { service: 'order', handles: command('POST /orders', schema), emits: [Placed] },
  pay: { service: 'payment', handles: [Placed], emits: [Paid, Refused] },
  finish: { service: 'order', handles: [Paid], emits: [Done] },
  cancel: { service: 'order', handles: [Refused], emits: [Cancelled], compensates: { place: Cancelled } },
} as const;

const shop = (topics?: Topics, system = 'shop'): Choreography =>
  choreography({ system, rows, endings: { DONE: Done, CANCELLED: Cancelled }, ...(topics && { topics }) });
const own: Topics = {
  pattern: 'acme.{service}.events',
  deadLetters: '{system}-{service}-dlq',
  services: { order: 'legacy.orders' },
  events: { Refused: 'legacy.refusals' },
};
const sentences = (topics: Topics) => topicRules(shop(topics)).map(({ explanation }) => explanation);

describe('topics', () => {
  it('have a default name for each service', () => {
    expect(topicsOf(shop(), rows)).toEqual([
      'shop.order.v1',
      'shop.payment.v1',
      'shop.order.dead-letter.v1',
      'shop.payment.dead-letter.v1',
    ]);
  });

  it('have the names that a choreography declares: by event, by service, by pattern', () => {
    const declared = shop(own);
    expect(verify(declared)).toEqual([]);
    expect([Placed, Paid, Refused].map((each) => topicOf(declared, each))).toEqual([
      'legacy.orders',
      'acme.payment.events',
      'legacy.refusals',
    ]);
    expect(topicOf(declared, 'payment')).toBe('acme.payment.events');
    expect(deadLetterTopicOf(declared, 'payment')).toBe('shop-payment-dlq');
    expect(topicsConsumedBy(declared, rows, 'order')).toEqual(['acme.payment.events', 'legacy.refusals']);
  });

  it('are one per event, read only by the services that handle it, if a choreography declares that', () => {
    const perEvent = shop({ events: topicPerEvent(eventsOf(rows)) });
    expect(verify(perEvent)).toEqual([]);
    expect([Placed, Paid, Refused].map((each) => topicOf(perEvent, each))).toEqual([
      'shop.order.placed',
      'shop.payment.paid',
      'shop.payment.refused',
    ]);
    expect(topicsConsumedBy(perEvent, rows, 'payment')).toEqual(['shop.order.placed']);
  });

  it('are only for extensions if all events that the service consumes from them extend deadlines', () => {
    const expire = {
      service: 'order',
      handles: deadline('the deadline', { startedBy: Placed, extendedBy: [Paid, Refused], stoppedBy: [Done] }),
      emits: [Cancelled],
    };
    const timed = { place: rows.place, pay: rows.pay, finish: rows.finish, expire };
    const extensions = (topics?: Topics, service = 'order') =>
      topicsOfExtensions({ system: 'shop', ...(topics && { topics }) }, timed, service);
    expect(extensions({ events: topicPerEvent(eventsOf(timed)) })).toEqual(['shop.payment.refused']);
    expect(extensions({ events: topicPerEvent(eventsOf(timed)) }, 'payment')).toEqual([]);
    // Paid is on the same topic.
    expect(extensions()).toEqual([]);
  });

  it('take no name from the prototype of objects', () => {
    expect(topicOf({ system: 'shop', topics: { services: {} } }, 'constructor')).toBe('shop.constructor.v1');
  });

  it('are those of the access rules', () => {
    const written = accessRulesOf(shop(own), rows, 'payment').filter(({ operations }) => operations.includes('WRITE'));
    expect(written.map(({ name }) => name)).toEqual(['acme.payment.events', 'legacy.refusals', 'shop-payment-dlq']);
  });

  it('are those of the AsyncAPI document: a channel each', () => {
    const document: any = asyncApi(shop(own), rows, { title: 'shop', version: '1', description: '' });
    expect(Object.entries<any>(document.channels).map(([id, { address }]) => [id, address])).toEqual([
      ['order', 'legacy.orders'],
      ['payment', 'acme.payment.events'],
      ['Refused', 'legacy.refusals'],
    ]);
    expect(Object.keys(document.operations)).toEqual([
      'place.emits',
      'pay.handles.order',
      'pay.emits',
      'pay.emits.Refused',
      'finish.handles.payment',
      'finish.emits',
      'cancel.handles.Refused',
      'cancel.emits',
    ]);
  });

  it('are those of the origin check', () => {
    expect(() => demandOwnTopic(shop(own), Refused, 'legacy.refusals')).not.toThrow();
    expect(() => demandOwnTopic(shop(own), Refused, 'acme.payment.events')).toThrow(
      'Refused was published to acme.payment.events, not to legacy.refusals.',
    );
  });

  it('do not change the endings', () => {
    expect(endings(shop(own)).map(({ outcome }) => outcome)).toEqual(endings(shop()).map(({ outcome }) => outcome));
  });
});

describe('a topic that cannot be', () => {
  it.each<[string, Topics, string]>([
    ['an illegal name', { services: { order: 'my orders' } }, 'Kafka does not allow a topic "my orders"'],
    ['an empty name', { events: { Paid: '' } }, 'Kafka does not allow a topic ""'],
    [
      'a service of another table',
      { services: { ordr: 'orders' } },
      "topics.services names 'ordr', which is not in the table; it has order, payment.",
    ],
    [
      'an event of another table',
      { events: { Payed: 'orders' } },
      "topics.events names 'Payed', which is not in the table; it has Placed, Paid, Refused, Done, Cancelled.",
    ],
    [
      'two services on one topic',
      { pattern: 'events' },
      'order and payment write the topic events: name another in topics, or add it to topics.shared.',
    ],
    [
      'events among dead letters',
      { services: { order: 'shop.payment.dead-letter.v1' } },
      'order and dead letters of payment write the topic',
    ],
    [
      'names that differ in . and _ alone',
      { services: { order: 'a.b', payment: 'a_b' } },
      "Kafka takes a.b and a_b for one name: '.' and '_' count as the same.",
    ],
  ])('%s', (_, topics, sentence) => {
    expect(sentences(topics)).toHaveLength(1);
    expect(sentences(topics)[0]).toContain(sentence);
  });

  it('is no problem where the choreography shares it', () => {
    expect(sentences({ pattern: 'events', deadLetters: 'dlq', shared: ['events', 'dlq'] })).toEqual([]);
  });

  it('a type on two topics', () => {
    const again = event('Settled', { ...at, service: 'order', wireName: 'shop.payment.paid', final: true });
    const twice = { ...shop(), rows: { ...rows, settle: { service: 'order', handles: [Placed], emits: [again] } } };
    expect(topicRules(twice).map(({ explanation }) => explanation)).toEqual([
      'The type shop.payment.paid.v1 is on two topics, shop.payment.v1 and shop.order.v1 (Paid and Settled): declare it once, or give one of them another wireName.',
    ]);
  });

  it('a type on two topics, or a topic with two owners, in two choreographies of one application', () => {
    expect(topicConflicts(shop(own), shop(own, 'shop'))).toEqual([]);
    expect(topicConflicts(shop(), shop(undefined, 'mall'))[0]).toBe(
      'The type shop.order.placed is on two topics: shop.order.v1 in shop, mall.order.v1 in mall. Name its topic in topics.events of one of them.',
    );
    const other = {
      system: 'mall',
      topics: { services: { order: 'shop.order.v1' } },
      rows: {
        place: {
          ...rows.place,
          emits: [event('Asked', { ...at, service: 'order', wireName: 'mall.asked', final: true })],
        },
      },
    };
    expect(topicConflicts(shop(), other)).toEqual([
      'The choreographies shop and mall both write the topic shop.order.v1: name another in topics, or add it to topics.shared of both.',
    ]);
  });
});
