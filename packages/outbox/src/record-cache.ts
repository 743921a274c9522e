import type { OutboxRow } from './outbox-row.js';
import type { OutboxRecord } from './record.js';

/** What a record costs beside its texts, in characters: objects, and a pointer for each header. */
const RECORD_OVERHEAD_CHARACTERS = 200;

/**
 * What a relay need not read back, since this process wrote it and saw the commit. Nothing depends on it: which rows there are, and
 * their order, is always asked of the table. What does not fit is read from there. A character takes one byte, or two where one of its text
 * is outside Latin-1: so its bound holds for the heap as well, within a factor of two.
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

  /** Of this row as this transaction wrote it: a server that took over may have given the id to another one. */
  get({ id, xid }: Pick<OutboxRow, 'id' | 'xid'>): readonly OutboxRecord[] | undefined {
    const row = this.#rows.get(id);
    return row?.xid === xid ? row?.records : undefined;
  }

  /** The row is gone. */
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

/** Everything a record keeps in memory: its headers can be more than its payload. */
function charactersOf(records: readonly OutboxRecord[]): number {
  let characters = 0;
  for (const { topic, key, headers, payload } of records) {
    characters += RECORD_OVERHEAD_CHARACTERS + topic.length + key.length + payload.length;
    for (const name in headers) characters += name.length + headers[name]!.length;
  }
  return characters;
}
