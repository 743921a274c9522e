import { ConsumerLag, type Offsets } from '@quadrille/kafka';
import { connectionOf, type Sources } from '../sources.js';
import { GROUPS, TOPICS } from './consumers.js';

/** Offsets of topics and groups, read before any database. */
export interface OffsetSnapshot {
  /** The first retained offset of each partition. */
  readonly begins: Offsets;
  /** The end of the cut in each partition. Records below it were committed by their sender. */
  readonly ends: Offsets;
  /** By service: records below it were processed or parked. */
  readonly committed: ReadonlyMap<string, Offsets>;
}

/** Reads offsets from the brokers. Reuse one instance, so that its connections are reused. */
export class Brokers {
  readonly #groups: readonly { readonly service: string; readonly progress: ConsumerLag }[];
  readonly #all: ConsumerLag;

  constructor(sources: Sources) {
    const { services } = sources;
    const connection = connectionOf(sources);
    this.#groups = GROUPS.filter(({ service }) => !services || services.includes(service)).map(
      ({ service, groupId }) => ({ service, progress: new ConsumerLag(connection, groupId) }),
    );
    this.#all = new ConsumerLag(connection, 'quadrille.auditor');
  }

  async cut(): Promise<OffsetSnapshot> {
    const all = await this.#all.of(TOPICS);
    const committed = new Map<string, Offsets>();
    for (const { service, progress } of this.#groups) {
      const { topics } = GROUPS.find((group) => group.service === service)!;
      const found = await progress.of(topics);
      // An offset beyond the end was committed for an earlier topic of that name.
      const offsets = [...found].map(
        ([place, { begin, committed: offset, end }]) => [place, offset > end ? begin : offset] as const,
      );
      committed.set(service, new Map(offsets));
    }
    return {
      begins: new Map([...all].map(([place, { begin }]) => [place, begin])),
      ends: new Map([...all].map(([place, { end }]) => [place, end])),
      committed,
    };
  }

  /** The current first offsets of the partitions. */
  async begins(): Promise<Offsets> {
    return new Map([...(await this.#all.of(TOPICS))].map(([place, { begin }]) => [place, begin]));
  }

  async close(): Promise<void> {
    await Promise.all([this.#all, ...this.#groups.map(({ progress }) => progress)].map((each) => each.disconnect()));
  }
}
