import { readTopics } from '@quadrille/kafka';
import type { RecordEntry } from '../books.js';
import { entryOf } from '../read-books.js';
import type { Sources } from '../sources.js';
import type { Cut } from './cut.js';
import { Effects } from './effects.js';
import { ghostInWords, ghosts, heard } from './heard.js';
import { TOPICS } from './hearers.js';
import type { Snapshot } from './snapshot.js';

/** So many records of each partition are read and kept in memory at a time. */
const SLICE = 5_000n;
/** So many records the databases are asked about at once. */
const CHUNK = 2_000;

interface Unheard {
  readonly record: RecordEntry;
  readonly look: number;
}

/** What is known of the records on all topics, from look to look. What was found in order is forgotten. */
export class Records {
  readonly #effects = new Effects();
  readonly #takenTwice: string[] = [];
  #ghosts: readonly RecordEntry[] = [];
  #unheard: readonly Unheard[] = [];
  #lost: readonly string[] = [];
  readonly #read = new Map<string, bigint>();
  #count = 0;

  constructor(
    private readonly sources: Sources,
    private readonly onRecord: (record: RecordEntry) => void,
  ) {}

  /** How many were read since the beginning. */
  get count(): number {
    return this.#count;
  }

  get unheard(): readonly Unheard[] {
    return this.#unheard;
  }

  /** In words: what is wrong with them. */
  get violations(): readonly string[] {
    return [...this.#ghosts.map(ghostInWords), ...this.#lost, ...this.#takenTwice];
  }

  /** Reads on up to a cut, and looks again at what was not in order. */
  async look(snapshot: Snapshot, cut: Cut, look: number): Promise<void> {
    await this.#lookAgain(snapshot, cut);
    for (;;) {
      const to = new Map([...cut.ends].map(([place, end]) => [place, lesser(end, this.#readOf(place) + SLICE)]));
      if ([...to].every(([place, end]) => this.#readOf(place) >= end)) return;
      const fresh: RecordEntry[] = [];
      const { brokers } = this.sources;
      const wanted = { brokers, clientId: 'quadrille.auditor', topics: TOPICS, from: this.#read, to };
      await readTopics(wanted, (record) => fresh.push(entryOf(record)));
      await this.#take(snapshot, cut, fresh, look);
      for (const [place, end] of to) this.#read.set(place, end);
    }
  }

  #readOf(place: string): bigint {
    return this.#read.get(place) ?? 0n;
  }

  async #lookAgain(snapshot: Snapshot, cut: Cut): Promise<void> {
    const [before, suspects] = [this.#unheard, this.#ghosts];
    [this.#unheard, this.#lost, this.#ghosts] = [[], [], []];
    await this.#hear(snapshot, cut, before);
    await this.#suspect(snapshot, suspects);
  }

  async #take(snapshot: Snapshot, cut: Cut, fresh: readonly RecordEntry[], look: number): Promise<void> {
    await this.#hear(
      snapshot,
      cut,
      fresh.map((record) => ({ record, look })),
    );
    await this.#suspect(snapshot, fresh);
    for (const record of fresh) {
      this.onRecord(record);
      const twice = this.#effects.take(record);
      if (twice) this.#takenTwice.push(twice);
    }
    this.#count += fresh.length;
  }

  async #hear(snapshot: Snapshot, cut: Cut, all: readonly Unheard[]): Promise<void> {
    for (const chunk of chunksOf(all)) {
      const records = chunk.map(({ record }) => record);
      const { unheard, lost } = await heard(snapshot, cut, records);
      const still = new Set(unheard);
      this.#unheard = [...this.#unheard, ...chunk.filter(({ record }) => still.has(record))];
      this.#lost = [...this.#lost, ...lost];
    }
  }

  async #suspect(snapshot: Snapshot, all: readonly RecordEntry[]): Promise<void> {
    for (const chunk of chunksOf(all)) this.#ghosts = [...this.#ghosts, ...(await ghosts(snapshot, chunk))];
  }
}

function* chunksOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}

const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
