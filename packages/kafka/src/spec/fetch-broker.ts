import type { FetchRequest } from '../records/fetch-request.js';

type Request = Pick<FetchRequest, 'sessionId' | 'sessionEpoch' | 'topics' | 'forgottenTopics'>;
type Event = 'answered' | 'request lost' | 'answer lost' | 'evicted' | 'no room' | 'restarted';

/** Offsets by `topic/partition`. */
type Reads = Map<string, string>;

const [FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH] = [70, 71] as const;

/** The fetch sessions of a broker, as in KIP-227. */
export class FetchBroker {
  readonly #sessions = new Map<number, { epoch: number; reads: Reads }>();
  #ids = 0;
  #hasRoom = true;
  /** Sessions whose response was lost, so that no client can close them. */
  lost = 0;

  get sessions(): number {
    return this.#sessions.size;
  }

  suffer(event: Event): void {
    this.#hasRoom = event !== 'no room';
    if (event === 'answer lost') this.lost++;
    if (event === 'evicted' || event === 'restarted') this.#sessions.clear();
  }

  /** The partitions that the broker reads for a request; empty if it is refused. */
  fetch({ sessionId, sessionEpoch, topics, forgottenTopics }: Request) {
    if (sessionEpoch === 0) {
      this.#sessions.delete(sessionId);
      const reads = add(new Map(), topics);
      if (!this.#hasRoom) return { errorCode: 0, sessionId: 0, reads };
      const id = ++this.#ids;
      this.#sessions.set(id, { epoch: 1, reads });
      return { errorCode: 0, sessionId: id, reads };
    }
    const session = this.#sessions.get(sessionId);
    if (!session) return refused(FETCH_SESSION_ID_NOT_FOUND);
    if (session.epoch !== sessionEpoch) return refused(INVALID_FETCH_SESSION_EPOCH);
    session.epoch++;
    for (const { topic, partitions } of forgottenTopics) {
      for (const partition of partitions) session.reads.delete(`${topic}/${partition}`);
    }
    add(session.reads, topics);
    if (this.#hasRoom) return { errorCode: 0, sessionId, reads: session.reads };
    this.#sessions.delete(sessionId);
    return { errorCode: 0, sessionId: 0, reads: session.reads };
  }
}

const refused = (errorCode: number) => ({ errorCode, sessionId: 0, reads: new Map() as Reads });

function add(reads: Reads, topics: Request['topics']): Reads {
  for (const { topic, partitions } of topics) {
    for (const { partition, fetchOffset } of partitions) reads.set(`${topic}/${partition}`, fetchOffset);
  }
  return reads;
}
