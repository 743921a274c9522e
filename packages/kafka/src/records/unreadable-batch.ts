/**
 * What a broker answered of a partition cannot be read: it is damaged, or packed in a way nobody here can unpack. Costs this partition
 * its progress, and nothing else, until the answer is another one.
 */
export class UnreadableBatch extends Error {
  constructor(
    readonly topic: string,
    readonly partition: number,
    /** Where the batch says that it begins; where it says nothing, what was asked for. */
    readonly offset: string,
    reason: string,
    options?: ErrorOptions,
    /** The first offset behind it; undefined where its own frame is damaged, so that nobody knows. */
    readonly next?: string,
  ) {
    super(`Batch ${topic}/${partition}@${offset} ${reason}.`, options);
    this.name = 'UnreadableBatch';
  }
}
