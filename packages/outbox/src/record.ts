/** A message to be sent once this transaction has committed. Structurally what a transport's `send` takes. */
export interface OutboxRecord {
  readonly topic: string;
  /** Records of one key are sent in the order in which they were appended. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, sent as it is. */
  readonly payload: string;
}
