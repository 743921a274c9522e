import { shortId } from '../ui/format.js';

/** A customer of the demonstration, whose account the seed opens. */
export interface Customer {
  readonly id: string;
  readonly name: string;
}

export const CUSTOMERS: readonly [Customer, ...Customer[]] = [
  { id: '0000ada0-0000-4000-8000-000000000000', name: 'Ada Lovelace' },
  { id: '0000ada0-0000-4000-8000-000000000001', name: 'Grace Hopper' },
  { id: '0000ada0-0000-4000-8000-000000000002', name: 'Alan Turing' },
  { id: '0000b0b0-0000-4000-8000-000000000000', name: 'Bob Cratchit' },
];

/** In the forms, for a customer without an account. */
export const GUEST = 'guest';

export const nameOf = (customerId: string | null): string =>
  CUSTOMERS.find(({ id }) => id === customerId)?.name ?? (customerId === null ? 'a guest' : shortId(customerId));

/** The test cards of the payment provider, with their behaviour. */
export const CARDS = [
  { token: 'tok_visa', what: 'A card that works' },
  { token: 'tok_declined', what: 'A card that is declined' },
  { token: 'tok_capture-declined', what: 'A card that is authorized, then declined at capture' },
  { token: 'tok_slow', what: 'A slow card' },
  { token: 'tok_flaky', what: 'A card that fails twice, then works' },
  { token: 'tok_unreachable', what: 'A card that is unavailable for a while' },
] as const;
