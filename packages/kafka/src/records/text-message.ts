/** A message for kafkajs that holds nothing but texts: known by its class, it is written our way. */
export class TextMessage {
  constructor(
    readonly key: string,
    readonly value: string,
    readonly headers: Record<string, string>,
  ) {}
}
