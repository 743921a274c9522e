import type { Parcel } from './parcel.js';
import type { OutboxRecord } from './record.js';

/**
 * What a relay need not read back, since this process wrote it and saw the commit. Nothing depends on it: which rows there are, and
 * their order, is always asked of the table. What does not fit is read from there.
 */
export class Memory {
  readonly #records = new Map<string, readonly OutboxRecord[]>();
  #characters = 0;

  constructor(private readonly maxCharacters: number) {}

  remember({ id, records }: Parcel): void {
    const characters = sizeOf(records);
    if (this.#characters + characters > this.maxCharacters || this.#records.has(id)) return;
    this.#records.set(id, records);
    this.#characters += characters;
  }

  recall(id: string): readonly OutboxRecord[] | undefined {
    return this.#records.get(id);
  }

  /** The row is gone. */
  forget(id: string): void {
    const records = this.#records.get(id);
    if (!records) return;
    this.#records.delete(id);
    this.#characters -= sizeOf(records);
  }

  clear(): void {
    this.#records.clear();
    this.#characters = 0;
  }
}

const sizeOf = (records: readonly OutboxRecord[]): number =>
  records.reduce((characters, { payload }) => characters + payload.length, 0);
