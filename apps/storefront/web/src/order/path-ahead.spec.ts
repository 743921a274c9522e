import { describe, expect, it } from '@jest/globals';
import { type Emission, endings, eventsOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import { endingOf, isCompensating, pathAhead } from './path-ahead.js';

const events = new Map(eventsOf(checkout.rows).map((event) => [event.name, event]));
const emissions = (...pairs: [step: string, event: string][]): Emission[] =>
  pairs.map(([step, name]) => ({ step, event: events.get(name)! }));
const names = (way: readonly Emission[]) => way.map(({ event }) => event.name);

describe('the path ahead', () => {
  it('is the whole forward path before the first event', () => {
    expect(pathAhead(checkout, []).map(({ step }) => step)).toEqual([
      'place-order',
      'authorize-payment',
      'reserve-inventory',
      'create-shipment',
      'capture-payment',
      'complete-order',
    ]);
  });

  it('is the compensating chain after a failure, in reverse order', () => {
    const failed = emissions(
      ['place-order', 'OrderCreated'],
      ['authorize-payment', 'PaymentAuthorized'],
      ['reserve-inventory', 'InventoryReserved'],
      ['create-shipment', 'ShipmentFailed'],
    );
    expect(names(pathAhead(checkout, failed))).toEqual(['InventoryReleased', 'PaymentVoided', 'OrderCancelled']);
  });

  it('returns a captured payment', () => {
    const captured = emissions(
      ['place-order', 'OrderCreated'],
      ['authorize-payment', 'PaymentAuthorized'],
      ['reserve-inventory', 'InventoryReserved'],
      ['create-shipment', 'ShipmentCreated'],
      ['capture-payment', 'PaymentCaptured'],
      ['request-cancellation', 'OrderCancellationRequested'],
    );
    expect(names(pathAhead(checkout, captured))).toEqual([
      'ShipmentCancelled',
      'InventoryReleased',
      'PaymentRefunded',
      'OrderCancelled',
    ]);
  });

  it('leads from every point of every path to its ending, if no further fault occurs', () => {
    for (const { path, outcome } of endings(checkout)) {
      const turnsAt = path.findIndex((_, at) => isCompensating(checkout, path.slice(0, at + 1)));
      for (let at = Math.max(0, turnsAt + 1); at <= path.length; at++) {
        const whole = [...path.slice(0, at), ...pathAhead(checkout, path.slice(0, at))];
        expect(endingOf(checkout, whole)).toBe(outcome);
      }
    }
  });

  it('is empty once the saga has ended', () => {
    expect(pathAhead(checkout, [...pathAhead(checkout, [])])).toEqual([]);
  });
});
