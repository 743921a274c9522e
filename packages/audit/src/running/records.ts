import { readTopics, type UnreadableBatch } from '@quadrille/kafka';
import type { RecordEntry, Removed } from '../books.js';
import { entryOf } from '../record-entry.js';
import { connectionOf, type Sources } from '../sources.js';
import { chunksOf } from './changed-orders.js';
import { ORDER_TOPICS, TOPICS } from './consumers.js';
import { checkConsumption, ghostInWords, ghosts } from './consumption.js';
import { Effects } from './effects.js';
import type { OffsetSnapshot } from './offset-snapshot.js';
import { partitionOf, Reading, unreadableInWords } from './reading.js';
import type { Snapshot } from './snapshot.js';

/** Maximum records in memory. */
const SLICE = 30_000n;
/** Maximum records per query. */
const CHUNK = 2_000;
/** Maximum unreadable places that are listed. */
const NAMED = 5;

interface Unconsumed {
  readonly record: RecordEntry;
  readonly look: number;
}

interface Findings {
  readonly unconsumed: readonly Unconsumed[];
  readonly lost: readonly string[];
  readonly ghosts: readonly RecordEntry[];
}

/**
 * State of the records on all topics across passes. Records without findings are dropped. A failed pass leaves the state
 * consistent: each part counts once it is complete.
 */
export class Records {
  readonly #effects = new Effects();
  readonly #reading = new Reading(ORDER_TOPICS);
  readonly #takenTwice: string[] = [];
  #findings: Findings = { unconsumed: [], lost: [], ghosts: [] };
  readonly #anew = new Set<string>();
  readonly #unread: string[] = [];
  #unreadCount = 0;
  /** The last unreadable batch of each partition. */
  readonly #unreadable = new Map<string, bigint>();
  readonly #batches: string[] = [];
  #batchCount = 0;
  #count = 0;

  constructor(
    private readonly sources: Sources,
    private readonly onRecord: (record: RecordEntry) => void,
  ) {}

  /** Number of records read since the beginning. */
  get count(): number {
    return this.#count;
  }

  get unconsumed(): readonly Unconsumed[] {
    return this.#findings.unconsumed;
  }

  /** Records beyond the retention of the topics, now or when they were to be read. */
  get removed(): Removed {
    return this.#reading.removed;
  }

  /** Descriptions of violations. */
  get violations(): readonly string[] {
    return [...this.#findings.ghosts.map(ghostInWords), ...this.#findings.lost, ...this.#takenTwice];
  }

  /** Whether an event may be in an unreadable batch. */
  get hasUnreadable(): boolean {
    return this.#batchCount > 0;
  }

  /** Descriptions of parts of the topics that could not be judged. */
  get notJudged(): readonly string[] {
    const more = this.#unreadCount > this.#unread.length ? ', …' : '';
    return [
      ...[...this.#anew].map((place) => `${place} was recreated: its earlier records were not checked further`),
      ...(this.#unreadCount > 0
        ? [`${this.#unreadCount} records could not be read: ${this.#unread.join(', ')}${more}`]
        : []),
      ...this.#batches,
      ...(this.#batchCount > NAMED ? [`${this.#batchCount - NAMED} more batches cannot be read`] : []),
    ];
  }

  /** Reads up to a cut, and checks earlier findings again. `begins`: returns the first offsets at the end of the pass. */
  async look(
    snapshot: Snapshot,
    cut: OffsetSnapshot,
    look: number,
    begins: () => Promise<OffsetSnapshot['begins']>,
  ): Promise<void> {
    this.#beginAnew(this.#reading.begin(cut));
    const { unconsumed, ghosts } = this.#findings;
    this.#findings = await this.#look(snapshot, cut, unconsumed, ghosts);
    const most = SLICE / BigInt(Math.max(1, cut.ends.size)) + 1n;
    const at = snapshot.at.getTime();
    for (let slice = this.#reading.slice(cut, most); slice; slice = this.#reading.slice(cut, most)) {
      const read: RecordEntry[] = [];
      const unreadable: UnreadableBatch[] = [];
      const onUnreadable = (batch: UnreadableBatch) => unreadable.push(batch);
      await readTopics({ ...connectionOf(this.sources), topics: TOPICS, ...slice, onUnreadable }, (record) =>
        read.push(entryOf(record)),
      );
      const { fresh, anew } = this.#reading.fresh(read);
      const candidates = fresh.map((record) => ({ record, look }));
      const found = await this.#look(snapshot, cut, candidates, fresh);
      this.#reading.take(slice, fresh, anew, at);
      this.#beginAnew(anew);
      this.#take(found, fresh);
      for (const batch of unreadable) this.#skip(batch, at);
    }
    this.#reading.finish(await begins(), at);
  }

  /** Checks whether the services have processed these records. */
  async #look(
    snapshot: Snapshot,
    cut: OffsetSnapshot,
    candidates: readonly Unconsumed[],
    unpublished: readonly RecordEntry[],
  ): Promise<Findings> {
    const found = { unconsumed: [] as Unconsumed[], lost: [] as string[], ghosts: [] as RecordEntry[] };
    for (const chunk of chunksOf(candidates, CHUNK)) {
      const records = chunk.map(({ record }) => record);
      const { unconsumed, lost } = await checkConsumption(snapshot, cut, records);
      const still = new Set(unconsumed);
      for (const each of chunk) if (still.has(each.record)) found.unconsumed.push(each);
      for (const each of lost) found.lost.push(each);
    }
    for (const chunk of chunksOf(unpublished, CHUNK)) {
      for (const each of await ghosts(snapshot, chunk)) found.ghosts.push(each);
    }
    return found;
  }

  #take({ unconsumed, lost, ghosts }: Findings, fresh: readonly RecordEntry[]): void {
    const known = this.#findings;
    this.#findings = {
      unconsumed: known.unconsumed.concat(unconsumed),
      lost: known.lost.concat(lost),
      ghosts: known.ghosts.concat(ghosts),
    };
    for (const record of fresh) {
      if (record.unread !== undefined) this.#cannotRead(record);
      this.onRecord(record);
      const twice = this.#effects.take(record);
      if (twice) this.#takenTwice.push(twice);
    }
    this.#count += fresh.length;
  }

  #cannotRead({ place, unread }: RecordEntry): void {
    this.#unreadCount++;
    if (this.#unread.length < NAMED) this.#unread.push(`${place} (${unread})`);
  }

  /** An unreadable batch at the end of a partition is met in each pass until a record follows it; it is listed once. */
  #skip(batch: UnreadableBatch, at: number): void {
    const { topic, partition, offset } = batch;
    const place = `${topic}/${partition}`;
    if (BigInt(offset) <= (this.#unreadable.get(place) ?? -1n)) return;
    this.#unreadable.set(place, BigInt(offset));
    this.#reading.cannotRead(place, at);
    this.#batchCount++;
    if (this.#batches.length < NAMED) this.#batches.push(unreadableInWords(batch));
  }

  /** Records of a recreated partition will never be processed, so their findings are dropped. */
  #beginAnew(places: ReadonlySet<string>): void {
    if (places.size === 0) return;
    const { unconsumed, lost, ghosts } = this.#findings;
    this.#findings = {
      unconsumed: unconsumed.filter(({ record }) => !places.has(partitionOf(record))),
      lost,
      ghosts: ghosts.filter((record) => !places.has(partitionOf(record))),
    };
    for (const place of places) {
      this.#anew.add(place);
      this.#unreadable.delete(place);
    }
  }
}
