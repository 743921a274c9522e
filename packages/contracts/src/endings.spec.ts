import { describe, expect, it } from '@jest/globals';
import { endings } from '@quadrille/choreography';
import { checkout } from './checkout.js';

const all = endings(checkout);
const eventsOf = (name: string) => all.find((ending) => ending.name === name)?.path.map(({ event }) => event.name);

describe('the endings of the checkout', () => {
  it('are five without an interrupt', () => {
    expect(all.filter((ending) => !ending.interrupt).map((ending) => ending.name)).toEqual([
      'COMPLETED',
      'PaymentCaptureFailed',
      'ShipmentFailed',
      'InventoryReservationFailed',
      'PaymentFailed',
    ]);
  });

  it('are thirty more with a cancellation or a deadline after each event', () => {
    expect(all.filter((ending) => ending.interrupt?.step === 'request-cancellation')).toHaveLength(15);
    expect(all.filter((ending) => ending.interrupt?.step === 'give-up')).toHaveLength(15);
    expect(new Set(all.map((ending) => ending.name)).size).toBe(35);
  });

  it('compensate all actions in reverse order', () => {
    expect(eventsOf('PaymentCaptureFailed')).toEqual([
      'OrderCreated',
      'PaymentAuthorized',
      'InventoryReserved',
      'ShipmentCreated',
      'PaymentCaptureFailed',
      'ShipmentCancelled',
      'InventoryReleased',
      'PaymentVoided',
      'OrderCancelled',
    ]);
  });

  it('refund a captured payment', () => {
    expect(eventsOf('request-cancellation after PaymentCaptured')).toContain('PaymentRefunded');
    expect(all.filter(({ path }) => path.some(({ event }) => event.name === 'PaymentRefunded'))).toHaveLength(2);
  });

  it('leave tombstones if the cancellation overtakes the order', () => {
    expect(eventsOf('request-cancellation after OrderCreated')).toEqual([
      'OrderCreated',
      'OrderCancellationRequested',
      'ShipmentCancelled',
      'InventoryReleased',
      'PaymentVoided',
      'OrderCancelled',
    ]);
  });
});
