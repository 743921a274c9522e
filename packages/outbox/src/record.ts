/** A message to publish after this transaction has committed. Structurally compatible with a transport's `send`. */
export interface OutboxRecord {
  readonly topic: string;
  /** Records of one key are sent in the order of their append. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, sent unchanged. */
  readonly payload: string;
}
