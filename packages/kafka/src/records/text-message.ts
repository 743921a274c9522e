/** A message for kafkajs whose key and headers are texts, and whose value is a text or bytes: known by its class, it is written our way. */
export class TextMessage {
  constructor(
    readonly key: string,
    readonly value: string | Buffer,
    readonly headers: Record<string, string>,
  ) {}
}
