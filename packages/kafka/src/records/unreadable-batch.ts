/**
 * A partition's response cannot be read: it is damaged, or compressed with an unsupported codec. Only this partition makes no
 * progress, until the response changes.
 */
export class UnreadableBatch extends Error {
  constructor(
    readonly topic: string,
    readonly partition: number,
    /** The batch's own offset; without one, the requested offset. */
    readonly offset: string,
    reason: string,
    options?: ErrorOptions,
    /** The first offset behind it; undefined if its frame is damaged. */
    readonly next?: string,
  ) {
    super(`Batch ${topic}/${partition}@${offset} ${reason}.`, options);
    this.name = 'UnreadableBatch';
  }
}
