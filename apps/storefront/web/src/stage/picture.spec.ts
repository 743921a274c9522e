import { describe, expect, it } from '@jest/globals';
import { eventsHandledBy } from '@quadrille/choreography';
import { checkout, OrderCompleted, PUBLISHERS, SAGA_SERVICES } from '@quadrille/contracts';
import { pictureOf } from './picture.js';

const picture = pictureOf(checkout);
const names = (columns: readonly number[]) => columns.map((column) => picture.services[column]);

describe('the picture of the choreography', () => {
  it('has a column for each service and a line for each that speaks', () => {
    expect(picture.services).toEqual(SAGA_SERVICES);
    expect(picture.lines.map(({ topic, from }) => [topic, picture.services[from]])).toEqual(
      PUBLISHERS.map((service) => [`quadrille.${service}.v1`, service]),
    );
  });

  it('lets an event move from who says it to all who hear it', () => {
    const way = picture.wayOf('complete-order', 'OrderCompleted')!;
    expect([names([way.from]), way.back]).toEqual([['order'], false]);
    const consuming = Object.values(checkout.rows).filter((row) => eventsHandledBy(row).includes(OrderCompleted));
    expect(names(way.to)).toEqual([...new Set(consuming.map(({ service }) => service))]);
    expect(names(way.to)).toContain('notification');
  });

  it('lets nobody hear what comes last', () => {
    expect(picture.wayOf('dispatch-shipment', 'ShipmentDispatched')!.to).toEqual([]);
  });

  it('tells the way back from the way forward', () => {
    expect(picture.wayOf('reserve-inventory', 'InventoryReserved')!.back).toBe(false);
    expect(picture.wayOf('reserve-inventory', 'InventoryReservationFailed')!.back).toBe(true);
    expect(picture.wayOf('release-inventory', 'InventoryReleased')!.back).toBe(true);
    expect(picture.wayOf('request-cancellation', 'OrderCancellationRequested')!.back).toBe(true);
  });

  it('knows nothing that is not in the table', () => {
    expect(picture.wayOf('place-order', 'OrderCompleted')).toBeUndefined();
  });
});
