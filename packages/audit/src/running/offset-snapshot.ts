import { ConsumerLag, type Offsets } from '@quadrille/kafka';
import { connectionOf, type Sources } from '../sources.js';
import { GROUPS, TOPICS } from './consumers.js';

/** How far topics and groups were, before any database was looked at. */
export interface OffsetSnapshot {
  /** The first offset of each partition that there is still. */
  readonly begins: Offsets;
  /** The first offset of each partition that is not looked at. What lies below was committed by who said it. */
  readonly ends: Offsets;
  /** By service: what lies below was taken or parked by it. */
  readonly committed: ReadonlyMap<string, Offsets>;
}

/** Asks the brokers. Who asks again and again keeps the connections by keeping this. */
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
      // What lies behind the end was committed of an earlier topic of that name.
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

  /** Where the partitions begin by now. */
  async begins(): Promise<Offsets> {
    return new Map([...(await this.#all.of(TOPICS))].map(([place, { begin }]) => [place, begin]));
  }

  async close(): Promise<void> {
    await Promise.all([this.#all, ...this.#groups.map(({ progress }) => progress)].map((each) => each.disconnect()));
  }
}
