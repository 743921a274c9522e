/**
 * What a transport means by an error named `UnsendableRecords` with `indexes`: these never can be sent, all others were
 * acknowledged. Undefined for every other error, and when the indexes make no sense. Known by its looks, so that this package
 * needs no transport.
 */
export function unsendableAmong<Row>(rows: readonly Row[], error: unknown): { dead: Row[]; cause: string } | undefined {
  if (!(error instanceof Error) || error.name !== 'UnsendableRecords') return undefined;
  const { indexes } = error as { indexes?: unknown };
  if (!Array.isArray(indexes) || indexes.length === 0) return undefined;
  const dead = indexes.flatMap((index) => rows[index] ?? []);
  return dead.length === indexes.length ? { dead, cause: causeOf(error) } : undefined;
}

const causeOf = ({ message, cause }: Error): string =>
  cause instanceof Error && !message.includes(cause.message) ? `${message} ${cause.message}` : message;
