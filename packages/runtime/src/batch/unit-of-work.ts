import type { Aggregate, Change, DomainEvent, Ref, Tx } from '@quadrille/choreography';
import { send, settleAll } from '@quadrille/postgres';
import type { StoreBinding } from '../runtime-definition.js';

interface Entry {
  readonly before: unknown;
  after: unknown;
  readonly events: Change['events'][number][];
}

/** The changes of one aggregate. `isAtOnce`: `send` sends all statements synchronously, none later. */
export interface Save {
  readonly isAtOnce: boolean;
  send(tx: Tx): Promise<void>;
}

/** The states of a batch: loaded and locked once, changed in memory in the order of inputs, saved once. */
export class UnitOfWork {
  private readonly entries = new Map<Aggregate, Map<string, Entry>>();

  constructor(private readonly stores: readonly StoreBinding[]) {
    for (const { aggregate } of stores) this.entries.set(aggregate, new Map());
  }

  /** Throws if a step loads an aggregate without a store: a bug of that step, which must not fail the whole batch. */
  assertRegistered(resolved: readonly Ref[]): void {
    for (const { aggregate } of resolved) this.of(this.entries, aggregate);
  }

  /**
   * Sends one statement per aggregate, all at once. Aggregates are in their declared order and keys sorted, so that batches lock
   * in one global order.
   */
  async load(tx: Tx, resolved: Iterable<readonly Ref[]>): Promise<void> {
    const keys = new Map<Aggregate, Set<string>>(this.stores.map(({ aggregate }) => [aggregate, new Set()]));
    for (const refs of resolved) for (const ref of refs) this.of(keys, ref.aggregate).add(ref.key);
    await settleAll(this.stores.map((store) => this.loadOne(tx, store, [...this.of(keys, store.aggregate)].sort())));
  }

  private async loadOne(tx: Tx, { aggregate, store }: StoreBinding, wanted: readonly string[]): Promise<void> {
    if (wanted.length === 0) return;
    const found = await store.load(tx, wanted);
    const entries = this.of(this.entries, aggregate);
    for (const key of wanted) {
      const before = found.get(key);
      entries.set(key, { before, after: before ?? aggregate.initial(key), events: [] });
    }
  }

  state = (ref: Ref): unknown => this.entry(ref).after;

  /** Applies an event to the states that its step loaded. */
  evolve(resolved: readonly Ref[], emitted: DomainEvent, id: string, at: string): void {
    const entries = resolved.map((ref) => this.entry(ref));
    // Compute all new states first: if one `evolve` throws, none has changed.
    const next = resolved.map(({ aggregate }, nth) => aggregate.evolve(entries[nth]!.after, emitted, at));
    entries.forEach((entry, nth) => {
      // The same state may be loaded under two names; it changes once.
      if (next[nth] === entry.after || entries.indexOf(entry) < nth) return;
      entry.after = next[nth];
      entry.events.push({ id, type: emitted.type, data: emitted.data, at });
    });
  }

  /** The changes per aggregate, in the order of loading. Nothing is sent yet. */
  saves(): Save[] {
    return this.stores.flatMap((store) => this.saveOf(store) ?? []);
  }

  /** Sends all changes. */
  async save(tx: Tx): Promise<void> {
    await settleAll(this.saves().map((save) => save.send(tx)));
  }

  private saveOf({ aggregate, store }: StoreBinding): Save | undefined {
    const changed: Change[] = [];
    for (const [key, { before, after, events }] of this.of(this.entries, aggregate)) {
      if (events.length > 0) changed.push({ key, before, after, events });
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
    if (!found) throw new Error(`The aggregate '${aggregate.name}' has no store in this service: bindStore() it.`);
    return found;
  }
}
