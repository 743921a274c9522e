import { shortId } from '../look/words.js';

/** A customer of the demonstration, as its seed opens their accounts. */
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

/** In the forms, for whoever has no account. */
export const GUEST = 'guest';

export const nameOf = (customerId: string | null): string =>
  CUSTOMERS.find(({ id }) => id === customerId)?.name ?? (customerId === null ? 'a guest' : shortId(customerId));

/** Test cards of the payment provider, and what each is for. */
export const CARDS = [
  { token: 'tok_visa', what: 'A card that works' },
  { token: 'tok_declined', what: 'A card on which nothing is granted' },
  { token: 'tok_capture-declined', what: 'A card that is granted, then declined at the end' },
  { token: 'tok_slow', what: 'A card whose bank is slow' },
  { token: 'tok_flaky', what: 'A card whose bank stumbles twice' },
  { token: 'tok_unreachable', what: 'A card whose bank is away for a while' },
] as const;
