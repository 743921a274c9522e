import type { Books, OrderEntry } from './books.js';

/** One promise, checked: on how much, and what breaks it. */
export interface Verdict {
  readonly promise: string;
  readonly holds: boolean;
  /** The numbers it was checked on. */
  readonly checked: Readonly<Record<string, number>>;
  /** In words, the first ones. */
  readonly violations: readonly string[];
}

/** More violations than this are counted, not listed. */
const LISTED = 20;

/** Judges by what was found to break the promise. */
export function verdict(promise: string, checked: Record<string, number>, violations: readonly string[]): Verdict {
  return {
    promise,
    holds: violations.length === 0,
    checked: { ...checked, violations: violations.length },
    violations: violations.slice(0, LISTED),
  };
}

/** Entries by a key of theirs. */
export const by = <Entry, Key>(entries: readonly Entry[], key: (entry: Entry) => Key) =>
  new Map(entries.map((entry) => [key(entry), entry]));

/** The orders that have come to this. */
export const withStatus = (books: Books, status: OrderEntry['status']) =>
  books.orders.filter((order) => order.status === status);
