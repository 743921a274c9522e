import type { Aggregate, Change, Ref, Said, Tx } from '@quadrille/choreography';
import { allOf } from './all-of.js';
import type { Kept } from './definition.js';
import { send } from './writes.js';

interface Entry {
  readonly before: unknown;
  after: unknown;
  readonly said: Change['said'][number][];
}

/** What has changed of one aggregate. `isAtOnce`: all of it is sent where `send` is called, and nothing later. */
export interface Save {
  readonly isAtOnce: boolean;
  send(tx: Tx): Promise<void>;
}

/** The states a batch works on: loaded and locked once, changed in memory in the order of the inputs, saved once. */
export class WorkingSet {
  private readonly entries = new Map<Aggregate, Map<string, Entry>>();

  constructor(private readonly kept: readonly Kept[]) {
    for (const { aggregate } of kept) this.entries.set(aggregate, new Map());
  }

  /** Throws when a step touches what this service does not keep: a bug of that step, which must not fail the whole batch. */
  demandKept(touched: readonly Ref[]): void {
    for (const { aggregate } of touched) this.of(this.entries, aggregate);
  }

  /** One statement an aggregate, all sent at once; aggregates in their order, keys sorted, so that batches lock in one global order. */
  async load(tx: Tx, touched: Iterable<readonly Ref[]>): Promise<void> {
    const keys = new Map<Aggregate, Set<string>>(this.kept.map(({ aggregate }) => [aggregate, new Set()]));
    for (const refs of touched) for (const ref of refs) this.of(keys, ref.aggregate).add(ref.key);
    await allOf(this.kept.map((kept) => this.loadOne(tx, kept, [...this.of(keys, kept.aggregate)].sort())));
  }

  private async loadOne(tx: Tx, { aggregate, store }: Kept, wanted: readonly string[]): Promise<void> {
    if (wanted.length === 0) return;
    const found = await store.load(tx, wanted);
    const entries = this.of(this.entries, aggregate);
    for (const key of wanted) {
      const before = found.get(key);
      entries.set(key, { before, after: before ?? aggregate.initial(key), said: [] });
    }
  }

  state = (ref: Ref): unknown => this.entry(ref).after;

  /** Lets what was said change what is touched. */
  evolve(touched: readonly Ref[], said: Said, id: string, at: string): void {
    const entries = touched.map((ref) => this.entry(ref));
    // All new states first: if one `evolve` throws, none has changed.
    const next = touched.map(({ aggregate }, nth) => aggregate.evolve(entries[nth]!.after, said, at));
    entries.forEach((entry, nth) => {
      // The same state may be touched under two names; it changes once.
      if (next[nth] === entry.after || entries.indexOf(entry) < nth) return;
      entry.after = next[nth];
      entry.said.push({ id, type: said.type, data: said.data, at });
    });
  }

  /** What has changed, an aggregate each, in the order in which they were loaded. Nothing is sent yet. */
  saves(): Save[] {
    return this.kept.flatMap((kept) => this.saveOf(kept) ?? []);
  }

  /** Sends all of it. */
  async save(tx: Tx): Promise<void> {
    await allOf(this.saves().map((save) => save.send(tx)));
  }

  private saveOf({ aggregate, store }: Kept): Save | undefined {
    const changed: Change[] = [];
    for (const [key, { before, after, said }] of this.of(this.entries, aggregate)) {
      if (said.length > 0) changed.push({ key, before, after, said });
    }
    if (changed.length === 0) return undefined;
    if (!store.writes) return { isAtOnce: false, send: async (tx) => store.save(tx, changed) };
    const writes = store.writes(changed);
    return { isAtOnce: true, send: (tx) => send(tx, writes) };
  }

  private entry(ref: Ref): Entry {
    return this.of(this.entries, ref.aggregate).get(ref.key)!;
  }

  private of<Value>(map: Map<Aggregate, Value>, aggregate: Aggregate): Value {
    const found = map.get(aggregate);
    if (!found) throw new Error(`The aggregate '${aggregate.name}' has no store in this service: keep() it.`);
    return found;
  }
}
