import { naming, serviceSteps, services, shop } from '@quadrille/contracts';
import { bindStore, defineService } from '@quadrille/nest';
import { z } from 'zod';
import { shipments } from './domain/shipments.js';
import type { Gateways } from './gateways/carrier.js';
import { houseCarrier } from './gateways/house-carrier.js';
import { httpCarrier } from './gateways/http-carrier.js';
import { CarrierController } from './http/carrier.controller.js';
import { ShipmentsController } from './http/shipments.controller.js';
import { Shipments1763720000000 } from './persistence/migrations/1763720000000-shipments.js';
import { ShipmentsInPlace1763720100000 } from './persistence/migrations/1763720100000-shipments-in-place.js';
import { shipmentStore } from './persistence/shipments.js';
import { cancelShipment } from './steps/cancel-shipment.js';
import { createShipment } from './steps/create-shipment.js';
import { dispatchShipment } from './steps/dispatch-shipment.js';

/** The shipping service: books parcels with a carrier, cancels and dispatches them. */
export const shipping = defineService({
  ...naming,
  rows: shop,
  steps: serviceSteps('shipping', {
    'create-shipment': createShipment,
    'cancel-shipment': cancelShipment,
    'dispatch-shipment': dispatchShipment,
  }),
  stores: [bindStore(shipments, shipmentStore)],
  migrations: [Shipments1763720000000, ShipmentsInPlace1763720100000],
  defaultPort: services.shipping.port,
  environment: {
    /** The address of the carrier. If it is not set, the house carrier of this process is used. */
    CARRIER_URL: z.url({ protocol: /^https?$/, error: 'an http(s) URL' }).optional(),
    /** The credential of the shop at the carrier; or in the file of `CARRIER_TOKEN_FILE`. */
    CARRIER_TOKEN: z.string().max(4_096).optional(),
    /** Timeout of one request to the carrier, in ms; a batch waits for its slowest request. */
    CARRIER_TIMEOUT_MS: z
      .string()
      .regex(/^[1-9]\d{1,4}$/, 'a whole number from 10 to 99999 (milliseconds)')
      .default('1000')
      .transform(Number),
  },
  gateways: (
    { CARRIER_URL: url, CARRIER_TIMEOUT_MS: timeoutMs, CARRIER_TOKEN: token },
    { personalData },
  ): Gateways => ({
    personalData,
    carrier: url === undefined ? houseCarrier : httpCarrier({ url, timeoutMs, token }),
  }),
  controllers: [ShipmentsController, CarrierController],
});
