import type { Books, OrderEntry } from './books.js';

/** Result of checking one promise: the checked numbers and the violations. */
export interface Verdict {
  readonly promise: string;
  readonly holds: boolean;
  /** Numbers of checked entities. */
  readonly checked: Readonly<Record<string, number>>;
  /** Descriptions of the first violations. */
  readonly violations: readonly string[];
  /** Descriptions of unreadable parts, which were not judged; absent without any. */
  readonly notJudged?: readonly string[];
}

/** Maximum violations that are listed; all are counted. */
const LISTED = 20;

/** Builds the verdict on a promise from its violations. */
export function verdict(
  promise: string,
  checked: Record<string, number>,
  violations: readonly string[] | Violations,
): Verdict {
  const { count, listed } = violations instanceof Violations ? violations : Violations.of(violations);
  return { promise, holds: count === 0, checked: { ...checked, violations: count }, violations: listed };
}

/** Violations from many places: all are counted, the first are listed. */
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

  /** Adds the violations of another verdict, which lists only some of them. */
  addAll({ violations, checked }: Pick<Verdict, 'violations' | 'checked'>): void {
    for (const each of violations) this.add(each);
    this.count += (checked.violations ?? violations.length) - violations.length;
  }
}

/** Indexes entries by a key. */
export const by = <Entry, Key>(entries: readonly Entry[], key: (entry: Entry) => Key) =>
  new Map(entries.map((entry) => [key(entry), entry]));

/** The orders with this status. */
export const withStatus = (books: Books, status: OrderEntry['status']) =>
  books.orders.filter((order) => order.status === status);
