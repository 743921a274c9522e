/**
 * An event in transit: CloudEvents 1.0 attributes (https://github.com/cloudevents/spec; `ce_*` headers in Kafka's binary mode)
 * and the data. The common format of outbox, inbox and Kafka.
 */
export interface Envelope<Data = unknown> {
  /** UUID, version 7: the identity that consumers deduplicate by. */
  readonly id: string;
  /** With version: `quadrille.payment.authorized.v1`. */
  readonly type: string;
  /** `/payment/authorize-payment`: the service and the step that emitted the event. */
  readonly source: string;
  /** The key: all messages of one subject stay in order. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Identity of the saga: the id of the order. */
  readonly correlationid: string;
  /** Id of the handled event; absent after a command or a deadline. */
  readonly causationid?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
  readonly data: Data;
}

/** `/payment/authorize-payment` from its two parts. */
export const sourceOf = (service: string, step: string): string => `/${service}/${step}`;
