import { authorizationRefusal, captureRefusal } from './tokens.js';

/** All there is to know about one reference. Amounts in minor units; they tell what ever happened and never shrink. */
export interface Charge {
  readonly reference: string;
  readonly status: 'authorized' | 'declined' | 'captured' | 'capture-declined' | 'reversed';
  /** What was asked for; null for a reference that was reversed before anything else. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly token: string | null;
  readonly authorization: string | null;
  readonly reason: string | null;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
}

/** What the merchant asks to be held. */
export interface Wanted {
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly token: string;
}

/** The reference was used for another amount or currency before. */
export class ReferenceReused extends Error {}

const NEVER_ASKED = {
  amount: null,
  currency: null,
  token: null,
  authorization: null,
  reason: null,
  authorized: 0,
  captured: 0,
  refunded: 0,
} as const;

/** Holds the amount, unless this reference was decided before: then that stands. `authorization` names a new hold. */
export function authorize(charge: Charge | undefined, wanted: Wanted, authorization: string): Charge {
  if (charge) {
    if (charge.amount !== null && (charge.amount !== wanted.amount || charge.currency !== wanted.currency)) {
      throw new ReferenceReused(`${wanted.reference} was used for ${charge.amount} ${charge.currency} before.`);
    }
    return charge;
  }
  const reason = authorizationRefusal(wanted.token);
  if (reason) return { ...NEVER_ASKED, ...wanted, status: 'declined', reason };
  return { ...NEVER_ASKED, ...wanted, status: 'authorized', authorization, authorized: wanted.amount };
}

/** Takes the whole hold, once. A charge without a hold stays as it is. */
export function capture(charge: Charge): Charge {
  if (charge.status !== 'authorized') return charge;
  const reason = captureRefusal(charge.token);
  if (reason) return { ...charge, status: 'capture-declined', reason };
  return { ...charge, status: 'captured', captured: charge.authorized };
}

/** Undoes whatever there was, and refuses for ever what comes later under this reference. */
export function reverse(charge: Charge | undefined, reference: string): Charge {
  if (!charge) return { ...NEVER_ASKED, reference, status: 'reversed' };
  if (charge.status === 'reversed') return charge;
  return { ...charge, status: 'reversed', refunded: charge.captured };
}

/** What is held on the card right now. */
export const heldBy = ({ status, authorized }: Charge): number =>
  status === 'authorized' || status === 'capture-declined' ? authorized : 0;
