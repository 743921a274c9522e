import type { ServiceName, StepName } from './protocol.js';

/** The steps of the table that reserve (try), confirm and cancel, per service. */
export const STEPS: Readonly<Record<ServiceName, Readonly<Record<'try' | 'confirm' | 'cancel', StepName>>>> = {
  order: { try: 'place-order', confirm: 'complete-order', cancel: 'cancel-order' },
  payment: { try: 'authorize-payment', confirm: 'capture-payment', cancel: 'return-payment' },
  inventory: { try: 'reserve-inventory', confirm: 'commit-inventory', cancel: 'release-inventory' },
  shipping: { try: 'create-shipment', confirm: 'dispatch-shipment', cancel: 'cancel-shipment' },
};
