import { describe, expect, it } from '@jest/globals';
import { eventsHandledBy } from '@quadrille/choreography';
import { checkout, OrderCompleted, PUBLISHERS, SAGA_SERVICES } from '@quadrille/contracts';
import { pictureOf } from './picture.js';

const picture = pictureOf(checkout);
const names = (columns: readonly number[]) => columns.map((column) => picture.services[column]);

describe('the topology of the choreography', () => {
  it('has a column per service and a line per publishing service', () => {
    expect(picture.services).toEqual(SAGA_SERVICES);
    expect(picture.lines.map(({ topic, from }) => [topic, picture.services[from]])).toEqual(
      PUBLISHERS.map((service) => [`quadrille.${service}.v1`, service]),
    );
  });

  it('leads an event from its emitting service to all handling services', () => {
    const way = picture.wayOf('complete-order', 'OrderCompleted')!;
    expect([names([way.from]), way.back]).toEqual([['order'], false]);
    const consuming = Object.values(checkout.rows).filter((row) => eventsHandledBy(row).includes(OrderCompleted));
    expect(names(way.to)).toEqual([...new Set(consuming.map(({ service }) => service))]);
    expect(names(way.to)).toContain('notification');
  });

  it('has no consumer for the last events', () => {
    expect(picture.wayOf('dispatch-shipment', 'ShipmentDispatched')!.to).toEqual([]);
  });

  it('distinguishes compensation from forward events', () => {
    expect(picture.wayOf('reserve-inventory', 'InventoryReserved')!.back).toBe(false);
    expect(picture.wayOf('reserve-inventory', 'InventoryReservationFailed')!.back).toBe(true);
    expect(picture.wayOf('release-inventory', 'InventoryReleased')!.back).toBe(true);
    expect(picture.wayOf('request-cancellation', 'OrderCancellationRequested')!.back).toBe(true);
  });

  it('has only events of the table', () => {
    expect(picture.wayOf('place-order', 'OrderCompleted')).toBeUndefined();
  });
});
