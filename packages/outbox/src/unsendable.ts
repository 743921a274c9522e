/** Result of a send that the broker did not fully acknowledge. */
export interface Outcome {
  /** Indexes of records that can never be sent, with the cause. */
  readonly dead: ReadonlyMap<number, string>;
  /** Indexes of records whose topic is blocked. */
  readonly refused: ReadonlySet<number>;
  /** Cause by blocked topic. */
  readonly topics: ReadonlyMap<string, string>;
}

/** All records were acknowledged. */
export const ALL_SENT: Outcome = { dead: new Map(), refused: new Set(), topics: new Map() };

/**
 * Interprets an error of a transport. `UnsendableRecords` with `indexes`: these can never be sent. `RefusedTopics` with `indexes`
 * and `topics`: these were not sent because their topics are blocked; `unsendable` may list others. All other records were
 * acknowledged. Returns undefined for every other error, and for invalid indexes: any record may be missing. Errors are
 * identified by name, so that this package depends on no transport.
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

/** Returns the message of an error, with that of its cause. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message} ${cause.message}` : message;
}
