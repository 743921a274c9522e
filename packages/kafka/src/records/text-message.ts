/** A message for kafkajs whose key and headers are texts, and whose value is a text or bytes: recognised by its class, it is encoded by our codec. */
export class TextMessage {
  constructor(
    readonly key: string,
    readonly value: string | Buffer,
    readonly headers: Record<string, string>,
  ) {}
}
