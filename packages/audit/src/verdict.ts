import type { Books, OrderEntry } from './books.js';

/** One promise, checked: on how much, and what breaks it. */
export interface Verdict {
  readonly promise: string;
  readonly holds: boolean;
  /** The numbers it was checked on. */
  readonly checked: Readonly<Record<string, number>>;
  /** In words, the first ones. */
  readonly violations: readonly string[];
  /** In words: parts that could not be read, and so were not judged. Absent where there are none. */
  readonly notJudged?: readonly string[];
}

/** More violations than this are counted, not listed. */
const LISTED = 20;

/** Judges by what was found to break the promise. */
export function verdict(
  promise: string,
  checked: Record<string, number>,
  violations: readonly string[] | Violations,
): Verdict {
  const { count, listed } = violations instanceof Violations ? violations : Violations.of(violations);
  return { promise, holds: count === 0, checked: { ...checked, violations: count }, violations: listed };
}

/** Violations from many places: all are counted, the first are kept. */
export class Violations {
  readonly listed: string[] = [];
  count = 0;

  static of(all: Iterable<string>): Violations {
    const violations = new Violations();
    for (const each of all) violations.add(each);
    return violations;
  }

  add(violation: string): void {
    this.count++;
    if (this.listed.length < LISTED) this.listed.push(violation);
  }

  /** Those of another verdict, which has listed some of its own. */
  addAll({ violations, checked }: Pick<Verdict, 'violations' | 'checked'>): void {
    for (const each of violations) this.add(each);
    this.count += (checked.violations ?? violations.length) - violations.length;
  }
}

/** Entries by a key of theirs. */
export const by = <Entry, Key>(entries: readonly Entry[], key: (entry: Entry) => Key) =>
  new Map(entries.map((entry) => [key(entry), entry]));

/** The orders that have come to this. */
export const withStatus = (books: Books, status: OrderEntry['status']) =>
  books.orders.filter((order) => order.status === status);
