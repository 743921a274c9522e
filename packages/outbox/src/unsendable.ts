/** What a transport made of the records it was given, where it did not take them all. */
export interface Outcome {
  /** Indexes of those that never can be sent, with the cause. */
  readonly dead: ReadonlyMap<number, string>;
  /** Indexes of those whose topic takes none for now. */
  readonly refused: ReadonlySet<number>;
  /** By topic: why it takes none. */
  readonly topics: ReadonlyMap<string, string>;
}

/** Everything was acknowledged. */
export const ALL_SENT: Outcome = { dead: new Map(), refused: new Set(), topics: new Map() };

/**
 * What a transport means by its error. `OutboxDeadLetters` with `indexes`: these never can be sent. `RefusedTopics` with `indexes` and
 * `topics`: these were not sent, since their topics take none for now, and maybe `unsendable` beside them. All others were acknowledged.
 * Undefined for every other error, and when the indexes make no sense: then any may be missing. Known by their looks, so that this
 * package needs no transport.
 */
export function outcomeOf(error: unknown, count: number): Outcome | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'UnsendableRecords') {
    const dead = deadOf(error, count);
    return dead && { ...ALL_SENT, dead };
  }
  if (error.name !== 'RefusedTopics') return undefined;
  const { topics, unsendable } = error as { topics?: unknown; unsendable?: unknown };
  const refused = indexesOf(error, count);
  const dead = unsendable === undefined ? ALL_SENT.dead : deadOf(unsendable as Error, count);
  if (!refused || !dead || !(topics instanceof Map)) return undefined;
  return {
    dead,
    refused: new Set(refused.filter((index) => !dead.has(index))),
    topics: new Map([...topics].map(([topic, cause]) => [String(topic), causeOf(cause)])),
  };
}

function deadOf(error: Error, count: number): Map<number, string> | undefined {
  const indexes = indexesOf(error, count);
  return indexes && new Map(indexes.map((index) => [index, causeOf(error)]));
}

function indexesOf(error: Error, count: number): number[] | undefined {
  const { indexes } = error as { indexes?: unknown };
  if (!Array.isArray(indexes) || indexes.length === 0) return undefined;
  return indexes.every((index) => Number.isInteger(index) && index >= 0 && index < count) ? indexes : undefined;
}

/** An error in one sentence, with the one it stands for. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message} ${cause.message}` : message;
}
