import { describe, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { exampleHistory, exampleTime } from './example-history.js';
import { type GivenUp, timelineOf } from './timeline.js';

const paths = new Map(endings(checkout).map(({ name, path }) => [name, path]));
const history = (name: string) => exampleHistory(paths.get(name)!);

describe('the timeline', () => {
  it('has the trigger of each event', () => {
    const { links } = timelineOf(history('COMPLETED').toReversed(), []);
    expect(links.map(({ type, triggeredBy }) => [type, triggeredBy])).toEqual([
      ['OrderCreated', { request: 'POST /orders' }],
      ['PaymentAuthorized', { eventId: links[0]!.eventId, event: 'OrderCreated', step: 'place-order' }],
      ['InventoryReserved', { eventId: links[1]!.eventId, event: 'PaymentAuthorized', step: 'authorize-payment' }],
      ['ShipmentCreated', { eventId: links[2]!.eventId, event: 'InventoryReserved', step: 'reserve-inventory' }],
      ['PaymentCaptured', { eventId: links[3]!.eventId, event: 'ShipmentCreated', step: 'create-shipment' }],
      ['OrderCompleted', { eventId: links[4]!.eventId, event: 'PaymentCaptured', step: 'capture-payment' }],
    ]);
  });

  it('has the deadline as the trigger if it had passed', () => {
    const { links } = timelineOf(history('give-up after OrderCreated'), []);
    expect(links[1]).toMatchObject({
      type: 'OrderCancellationRequested',
      triggeredBy: { deadline: "the order's deadline" },
    });
  });

  it('has the id of an unread trigger', () => {
    const [created, authorized] = history('COMPLETED');
    const { links } = timelineOf([authorized!], []);
    expect(links[0]?.triggeredBy).toEqual({ eventId: created!.eventId, event: null, step: null });
  });

  it('has the awaited steps with their times, and the cause if the service moved the message to the dead letters', () => {
    const known = history('COMPLETED').slice(0, 2);
    const givenUp: GivenUp = {
      step: 'reserve-inventory',
      eventId: known[1]!.eventId,
      code: 'step-failed',
      cause: 'TypeError: no',
      at: exampleTime(60),
    };
    const timeline = timelineOf(known, [givenUp]);
    expect(timeline).toMatchObject({ state: 'running', outcome: null, endedAt: null });
    expect(timeline.awaited).toEqual([
      { step: 'reserve-inventory', service: 'inventory', since: exampleTime(1), givenUp },
    ]);
  });

  it('has an outcome when it has ended', () => {
    expect(timelineOf(history('PaymentFailed'), [])).toMatchObject({
      state: 'CANCELLED',
      outcome: 'CANCELLED',
      endedAt: exampleTime(2),
      awaited: [],
    });
  });
});
