/**
 * An event on its way: CloudEvents 1.0 attributes (https://github.com/cloudevents/spec, in Kafka's binary mode these become
 * `ce_*` headers) and the data. What outbox, inbox and Kafka hand to each other.
 */
export interface Envelope<Data = unknown> {
  /** UUID, version 7: the identity that consumers deduplicate by. */
  readonly id: string;
  /** With version: `quadrille.payment.authorized.v1`. */
  readonly type: string;
  /** `/payment/authorize-payment`: the service and the step that said it. */
  readonly source: string;
  /** The key: all messages of one subject keep their order. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** What the whole saga is known by: the order's id. */
  readonly correlationid: string;
  /** The id of the event that was heard; absent where a caller or a clock began. */
  readonly causationid?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
  readonly data: Data;
}

/** `/payment/authorize-payment` from its two parts. */
export const sourceOf = (service: string, step: string): string => `/${service}/${step}`;
