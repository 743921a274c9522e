import { type EventsOf, stepBuilders } from '@quadrille/choreography';
import { backoffice } from './backoffice.js';
import { checkout } from './checkout.js';

/** Every row of the shop: the saga and what happens beside it. */
export const shop = { ...checkout.rows, ...backoffice };

/** Everything that can be said in the shop. */
export type ShopEvent = EventsOf<typeof shop>;

/** The words the shop's steps are written with. */
export const { step, serviceSteps, aggregate } = stepBuilders(shop);
