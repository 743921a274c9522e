import type { OutboxRecord, OutboxRow } from './append.js';
import type { OutboxRowRef, PendingRow } from './queue.js';
import { RELAY_REMOVE_WITHIN_MS } from './relay-options.js';

/** Memory of a record beside its texts, in characters: objects, and a pointer per header. */
const RECORD_OVERHEAD_CHARACTERS = 200;

/**
 * Records that this process wrote and saw committed, so that the relay need not read them. Correctness never depends on it: the
 * rows and their order always come from the table, and missing records are read from it. A character takes one byte, or two in a
 * string outside Latin-1, so the bound holds for the heap within a factor of two.
 */
export class RecordCache {
  readonly #rows = new Map<string, Pick<OutboxRow, 'xid' | 'records'>>();
  #characters = 0;

  constructor(private readonly maxCharacters: number) {}

  get characters(): number {
    return this.#characters;
  }

  put({ id, xid, records }: OutboxRow): void {
    const characters = charactersOf(records);
    if (this.#characters + characters > this.maxCharacters || this.#rows.has(id)) return;
    this.#rows.set(id, { ...(xid !== undefined && { xid }), records });
    this.#characters += characters;
  }

  /** Returns the records of a row as written by this transaction: after a failover, another row may have the same id. */
  get({ id, xid }: Pick<OutboxRow, 'id' | 'xid'>): readonly OutboxRecord[] | undefined {
    const row = this.#rows.get(id);
    return row?.xid === xid ? row?.records : undefined;
  }

  /** Removes a deleted row. */
  remove(id: string): void {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#rows.delete(id);
    this.#characters -= charactersOf(row.records);
  }

  clear(): void {
    this.#rows.clear();
    this.#characters = 0;
  }
}

/** Memory of a record in characters; its headers can exceed its payload. */
function charactersOf(records: readonly OutboxRecord[]): number {
  let characters = 0;
  for (const { topic, key, headers, payload } of records) {
    characters += RECORD_OVERHEAD_CHARACTERS + topic.length + key.length + payload.length;
    for (const name in headers) characters += name.length + headers[name]!.length;
  }
  return characters;
}

/** Sent rows that are not deleted yet. */
export class AcknowledgedRows {
  #rows: readonly PendingRow[] = [];
  #removeAt = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** Time until they must be deleted, in ms. */
  get removesWithinMs(): number {
    return Math.max(0, this.#removeAt - performance.now());
  }

  add(rows: readonly PendingRow[]): void {
    if (rows.length === 0) return;
    if (this.isEmpty) this.#removeAt = performance.now() + RELAY_REMOVE_WITHIN_MS;
    this.#rows = [...this.#rows, ...rows];
  }

  /** Returns all of them, to be deleted, and is empty afterwards. */
  take(): readonly PendingRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#removeAt = Number.POSITIVE_INFINITY;
    return rows;
  }

  /** Returns the rows that were not sent. */
  without(rows: readonly OutboxRowRef[]): OutboxRowRef[] {
    const sent = new Set(this.#rows.map(({ id }) => id));
    return rows.filter(({ id }) => !sent.has(id));
  }
}
