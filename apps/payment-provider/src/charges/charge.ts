import { authorizationRefusal, captureRefusal } from './tokens.js';

/** The state of one reference. Amounts in minor units; they are totals that never decrease. */
export interface Charge {
  readonly reference: string;
  readonly status: 'authorized' | 'declined' | 'captured' | 'capture-declined' | 'reversed';
  /** The requested amount; null for a reference that was reversed first. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly token: string | null;
  readonly authorization: string | null;
  readonly reason: string | null;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
}

/** The data of an authorization request. */
export interface Wanted {
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly token: string;
}

/** Thrown if the reference was used for another amount or currency. */
export class ReferenceReused extends Error {}

const NEVER_REQUESTED = {
  amount: null,
  currency: null,
  token: null,
  authorization: null,
  reason: null,
  authorized: 0,
  captured: 0,
  refunded: 0,
} as const;

/** Holds the amount. An earlier decision on this reference stays valid. `authorization` is the id of a new hold. */
export function authorize(charge: Charge | undefined, wanted: Wanted, authorization: string): Charge {
  if (charge) {
    if (charge.amount !== null && (charge.amount !== wanted.amount || charge.currency !== wanted.currency)) {
      throw new ReferenceReused(`${wanted.reference} was already used for ${charge.amount} ${charge.currency}.`);
    }
    return charge;
  }
  const reason = authorizationRefusal(wanted.token);
  if (reason) return { ...NEVER_REQUESTED, ...wanted, status: 'declined', reason };
  return { ...NEVER_REQUESTED, ...wanted, status: 'authorized', authorization, authorized: wanted.amount };
}

/** Captures the whole hold, once. A charge without a hold is unchanged. */
export function capture(charge: Charge): Charge {
  if (charge.status !== 'authorized') return charge;
  const reason = captureRefusal(charge.token);
  if (reason) return { ...charge, status: 'capture-declined', reason };
  return { ...charge, status: 'captured', captured: charge.authorized };
}

/** Cancels the hold or refunds the charge, and permanently refuses later requests for this reference. */
export function reverse(charge: Charge | undefined, reference: string): Charge {
  if (!charge) return { ...NEVER_REQUESTED, reference, status: 'reversed' };
  if (charge.status === 'reversed') return charge;
  return { ...charge, status: 'reversed', refunded: charge.captured };
}

/** The amount currently held on the card. */
export const heldBy = ({ status, authorized }: Charge): number =>
  status === 'authorized' || status === 'capture-declined' ? authorized : 0;
