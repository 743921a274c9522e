import type { FetchRequest, PartitionWanted } from './records/write-fetch.js';

/** The part of a fetch request that depends on what the broker knows already. */
type PartitionRequest = Pick<FetchRequest, 'sessionId' | 'sessionEpoch' | 'topics' | 'forgottenTopics'>;

const NO_SESSION = 0;
/** Asks for a new session, and closes the one that is named. */
const FIRST_EPOCH = 0;
const LAST_EPOCH = 2 ** 31 - 1;

const NONE = 0;
const FETCH_SESSION_ID_NOT_FOUND = 70;
const INVALID_FETCH_SESSION_EPOCH = 71;

/** Errors of a whole answer after which a new session is all that is needed. */
export const ENDS_THE_SESSION: ReadonlySet<number> = new Set([FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH]);

/**
 * What one broker remembers of our fetches (KIP-227): a request names only partitions that are new, elsewhere or gone since the last
 * one, and an answer only those of which there is something to say. One request at a time. When an answer was lost, or the broker has
 * forgotten or refused the session, the next request names all partitions and asks for a new session.
 */
export class FetchSession {
  #id = NO_SESSION;
  #epoch = FIRST_EPOCH;
  #isAnswered = true;
  /** What the broker reads for us, by topic and partition. */
  #known = new Map<string, Map<number, PartitionWanted>>();

  /** What to send so that the broker reads exactly these partitions. */
  ask(wanted: FetchRequest['topics']): PartitionRequest {
    if (!this.#isAnswered) this.#epoch = FIRST_EPOCH;
    this.#isAnswered = false;
    const before = this.#known;
    this.#known = byTopic(wanted);
    const [sessionId, sessionEpoch] = [this.#id, this.#epoch];
    if (sessionEpoch === FIRST_EPOCH) return { sessionId, sessionEpoch, topics: wanted, forgottenTopics: [] };
    const topics = partitionsOf(this.#known, (topic, one) => !isSame(before.get(topic)?.get(one.partition), one));
    const gone = partitionsOf(before, (topic, one) => !this.#known.get(topic)?.has(one.partition));
    const forgottenTopics = gone.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => partition),
    }));
    return { sessionId, sessionEpoch, topics, forgottenTopics };
  }

  /** The answer arrived whole. Without a session in it the broker has no room for one, and is asked for one again next time. */
  answered({ errorCode, sessionId }: { readonly errorCode: number; readonly sessionId: number }): void {
    this.#isAnswered = true;
    if (errorCode === NONE && sessionId !== NO_SESSION) {
      this.#id = sessionId;
      this.#epoch = epochAfter(this.#epoch);
      return;
    }
    this.#epoch = FIRST_EPOCH;
    if (errorCode === NONE || errorCode === FETCH_SESSION_ID_NOT_FOUND) this.#id = NO_SESSION;
  }

  /** From where a partition was asked for the last time; undefined when it was not. */
  readonly offsetOf = (topic: string, partition: number): string | undefined =>
    this.#known.get(topic)?.get(partition)?.fetchOffset;
}

/** 0 is for a new session alone. */
export const epochAfter = (epoch: number): number => (epoch % LAST_EPOCH) + 1;

/** A topic may stand there more than once. */
function byTopic(wanted: FetchRequest['topics']): Map<string, Map<number, PartitionWanted>> {
  const topics = new Map<string, Map<number, PartitionWanted>>();
  for (const { topic, partitions } of wanted) {
    const ofTopic = topics.get(topic) ?? new Map<number, PartitionWanted>();
    topics.set(topic, ofTopic);
    for (const one of partitions) ofTopic.set(one.partition, one);
  }
  return topics;
}

function partitionsOf(
  topics: ReadonlyMap<string, ReadonlyMap<number, PartitionWanted>>,
  isMeant: (topic: string, one: PartitionWanted) => boolean,
): { topic: string; partitions: PartitionWanted[] }[] {
  const meant = [];
  for (const [topic, ofTopic] of topics) {
    const partitions = [...ofTopic.values()].filter((one) => isMeant(topic, one));
    if (partitions.length > 0) meant.push({ topic, partitions });
  }
  return meant;
}

const isSame = (before: PartitionWanted | undefined, now: PartitionWanted): boolean =>
  before?.fetchOffset === now.fetchOffset && before.maxBytes === now.maxBytes;
