import type { Parcel } from './parcel.js';
import type { OutboxRecord } from './record.js';

/** What a record costs beside its texts, in characters: objects, and a pointer for each header. */
const RECORD_OVERHEAD_CHARACTERS = 200;

/**
 * What a relay need not read back, since this process wrote it and saw the commit. Nothing depends on it: which rows there are, and
 * their order, is always asked of the table. What does not fit is read from there. A character takes one byte, or two where one of its text
 * is outside Latin-1: so its bound holds for the heap as well, within a factor of two.
 */
export class Memory {
  readonly #parcels = new Map<string, Pick<Parcel, 'xid' | 'records'>>();
  #characters = 0;

  constructor(private readonly maxCharacters: number) {}

  get characters(): number {
    return this.#characters;
  }

  remember({ id, xid, records }: Parcel): void {
    const characters = charactersOf(records);
    if (this.#characters + characters > this.maxCharacters || this.#parcels.has(id)) return;
    this.#parcels.set(id, { ...(xid !== undefined && { xid }), records });
    this.#characters += characters;
  }

  /** Of this row as this transaction wrote it: a server that took over may have given the id to another one. */
  recall({ id, xid }: Pick<Parcel, 'id' | 'xid'>): readonly OutboxRecord[] | undefined {
    const parcel = this.#parcels.get(id);
    return parcel?.xid === xid ? parcel?.records : undefined;
  }

  /** The row is gone. */
  forget(id: string): void {
    const parcel = this.#parcels.get(id);
    if (!parcel) return;
    this.#parcels.delete(id);
    this.#characters -= charactersOf(parcel.records);
  }

  clear(): void {
    this.#parcels.clear();
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
