import 'reflect-metadata';
import { inventory } from '@quadrille/inventory/definition';
import type { ServiceDefinition } from '@quadrille/nest';
import { order } from '@quadrille/order/definition';
import { payment } from '@quadrille/payment/definition';
import { shipping } from '@quadrille/shipping/definition';
import { z } from 'zod';
import type { ServiceName } from '../protocol.js';

/** The services of the shop, as production defines them. */
export const DEFINITIONS: Readonly<Record<ServiceName, ServiceDefinition<any, any>>> = {
  order,
  payment,
  inventory,
  shipping,
};

/** The environment of a service: the given values, and defaults for the rest. */
export const environmentOf = (definition: ServiceDefinition<any, any>, given: Record<string, unknown> = {}) =>
  z.object(definition.environment ?? {}).parse(given) as Record<string, any>;
