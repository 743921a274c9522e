import { type EventsOf, stepBuilders } from '@quadrille/choreography';
import { backoffice } from './backoffice.js';
import { checkout } from './checkout.js';

/** Every row of the shop: the saga and the steps outside it. */
export const shop = { ...checkout.rows, ...backoffice };

/** Every event of the shop. */
export type ShopEvent = EventsOf<typeof shop>;

/** The builders for the shop's steps. */
export const { step, serviceSteps, aggregate } = stepBuilders(shop);
