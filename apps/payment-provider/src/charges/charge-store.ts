import { randomUUID } from 'node:crypto';
import { authorize, type Charge, capture, reverse, type Wanted } from './charge.js';
import { Journal } from './journal.js';

/** All charges. An answer is sent only for a state that is on disk. */
export class ChargeStore {
  private readonly charges = new Map<string, Charge>();
  /** In the order of first use, which is stable, so that pages are consistent. */
  private readonly references: string[] = [];
  private journal: Journal;

  /** `onBroken` is called if the journal cannot be written: memory and disk then differ, and the process must exit. */
  private constructor(private readonly onBroken: (error: Error) => void) {}

  static async open(folder: string, onBroken: (error: Error) => void): Promise<ChargeStore> {
    const store = new ChargeStore(onBroken);
    store.journal = await Journal.open(folder, (charge) => store.apply(charge));
    return store;
  }

  /** Rejects with {@link ReferenceReused}. */
  async authorize(wanted: Wanted): Promise<Charge> {
    return this.store(authorize(this.find(wanted.reference), wanted, `auth_${randomUUID()}`));
  }

  /** Undefined for an unknown reference. */
  async capture(reference: string): Promise<Charge | undefined> {
    const charge = this.find(reference);
    return charge && this.store(capture(charge));
  }

  reverse = (reference: string): Promise<Charge> => this.store(reverse(this.find(reference), reference));

  find = (reference: string): Charge | undefined => this.charges.get(reference);

  page = (from: number, limit: number): Charge[] =>
    this.references.slice(from, from + limit).map((reference) => this.charges.get(reference)!);

  get size(): number {
    return this.references.length;
  }

  close = (): Promise<void> => this.journal.close();

  private async store(charge: Charge): Promise<Charge> {
    if (this.find(charge.reference) !== charge) {
      this.apply(charge);
      this.journal.append(charge);
    }
    // A repeated request waits too, since its state may not be on disk yet.
    await this.journal.settled().catch((error: Error) => {
      this.onBroken(error);
      throw error;
    });
    return charge;
  }

  private apply(charge: Charge): void {
    if (!this.charges.has(charge.reference)) this.references.push(charge.reference);
    this.charges.set(charge.reference, charge);
  }
}
