import { choreography, command, event } from '@quadrille/choreography';
import { z } from 'zod';

const Order = z.object({ orderId: z.string() });
const of = (service: string, wireName: string) =>
  ({ service, wireName: `cafe.${wireName}`, key: 'orderId', version: 1, schema: Order }) as const;

export const CoffeeOrdered = event('CoffeeOrdered', of('counter', 'coffee.ordered'));
export const CoffeeBrewed = event('CoffeeBrewed', of('bar', 'coffee.brewed'));
export const BrewingFailed = event('BrewingFailed', { ...of('bar', 'brewing.failed'), failure: true });
export const CoffeeServed = event('CoffeeServed', { ...of('counter', 'coffee.served'), final: true });
export const OrderReturned = event('OrderReturned', { ...of('counter', 'order.returned'), final: true });

/** A choreography of two services for specs. */
export const cafe = choreography({
  system: 'cafe',
  endings: { SERVED: CoffeeServed, RETURNED: OrderReturned },
  rows: {
    'order-coffee': { service: 'counter', handles: command('POST /coffees', Order), emits: [CoffeeOrdered] },
    'brew-coffee': { service: 'bar', handles: [CoffeeOrdered], emits: [CoffeeBrewed, BrewingFailed] },
    'serve-coffee': { service: 'counter', handles: [CoffeeBrewed], emits: [CoffeeServed] },
    'return-order': {
      service: 'counter',
      handles: [BrewingFailed],
      emits: [OrderReturned],
      compensates: { 'order-coffee': OrderReturned },
    },
  },
});
