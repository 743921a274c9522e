import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { endings, eventsOf, topicOf } from '@quadrille/choreography';
import { checkout, SAGA_SERVICES, shop } from '@quadrille/contracts';
import type { IncomingRecord } from '@quadrille/nest';
import { exampleHistory } from '../domain/example-history.js';
import { exampleDeadLetter, exampleRecord } from './example-record.js';
import { readRecord, TOPICS } from './read-record.js';

const [created] = exampleHistory(endings(checkout)[0]!.path);
const record = exampleRecord(created!);
const withHeaders = (headers: Record<string, string>): IncomingRecord => ({
  ...record,
  headers: { ...record.headers, ...headers },
});

describe('reading a record', () => {
  it('returns the event with its position and cause', () => {
    expect(readRecord(record)).toEqual({
      is: 'event',
      event: { ...created, data: record.value, headers: JSON.stringify(record.headers), writtenAt: created!.at },
    });
  });

  it('accepts an event of any version', () => {
    expect(readRecord(withHeaders({ ce_type: 'quadrille.order.created.v1' }))).toMatchObject({ is: 'event' });
    expect(readRecord(withHeaders({ ce_type: 'quadrille.order.created.v99' }))).toMatchObject({ is: 'event' });
  });

  it('classifies events without a saga', () => {
    expect(readRecord(withHeaders({ ce_type: 'quadrille.inventory.stock-received.v1' }))).toEqual({ is: 'beside' });
  });

  it('returns the step and the cause of a dead letter', () => {
    const letter = exampleDeadLetter(created!.orderId, created!.eventId, 'authorize-payment', 'payment');
    expect(readRecord(letter)).toEqual({
      is: 'notice',
      notice: {
        orderId: created!.orderId,
        eventId: created!.eventId,
        service: 'payment',
        step: 'authorize-payment',
        code: 'step-failed',
        cause: 'TypeError: no',
        at: '2026-01-01T00:01:00.000Z',
      },
    });
    expect(readRecord({ ...letter, key: 'MUG-BLUE' })).toEqual({ is: 'beside' });
  });

  it.each([
    ['no type', { ...record, headers: {} }, 'unknown-type'],
    ['a foreign type', withHeaders({ ce_type: 'somewhere.else.v1' }), 'unknown-type'],
    ['no JSON', { ...record, value: '{"orderId":' }, 'malformed'],
    ['no object', { ...record, value: '"hello"' }, 'malformed'],
    ['no value', { ...record, value: null }, 'malformed'],
    ['no id', withHeaders({ ce_id: 'seven' }), 'malformed'],
    ['a key that is no order’s id', { ...withHeaders({ ce_subject: 'MUG-BLUE' }), key: 'MUG-BLUE' }, 'malformed'],
    ['a step that cannot emit it', withHeaders({ ce_source: '/payment/authorize-payment' }), 'wrong-origin'],
    ['a service that has no such step', withHeaders({ ce_source: '/payment/place-order' }), 'wrong-origin'],
    ['the topic of another service', { ...record, topic: 'quadrille.payment.v1' }, 'wrong-origin'],
    ['the topic of another event', { ...record, topic: 'quadrille.order.completed' }, 'wrong-origin'],
    ['the key of another order', { ...record, key: randomUUID() }, 'wrong-origin'],
    ['too many bytes', { ...record, value: `"${'x'.repeat(1_100_000)}"` }, 'too-large'],
    [
      'an invalid time',
      { ...exampleDeadLetter(created!.orderId, created!.eventId, 'x', 'order'), timestamp: '9223372036854775807' },
      'malformed',
    ],
    ['an invalid dead letter', { ...record, topic: 'quadrille.order.dead-letter.v1' }, 'malformed'],
  ])('returns the reason for an unreadable record with %s', (_, unreadable, code) => {
    expect(readRecord(unreadable as IncomingRecord)).toMatchObject({ is: 'unreadable', record: unreadable, code });
  });
});

describe('the topics of the storefront', () => {
  it('are all topics of the system', () => {
    expect(TOPICS).toEqual([
      ...new Set(eventsOf(shop).map((event) => topicOf(checkout, event))),
      ...SAGA_SERVICES.map((service) => `quadrille.${service}.dead-letter.v1`),
    ]);
  });
});
