import type { KafkaContext } from '@nestjs/microservices';
import { type EventType, parseCloudEventType, upcast } from '@quadrille/choreography';

/** A message as a handler receives it. */
export interface ReceivedEvent<Data = unknown> {
  readonly id: string;
  readonly correlationId: string;
  readonly data: Data;
}

/** An event with its handler. */
export interface Handler<Data = any> {
  readonly event: EventType<string, Data>;
  readonly handle: (received: ReceivedEvent<Data>) => Promise<void>;
}

/** Pairs an event with its handler, so that the handler's data has the event's type. */
export const on = <Data>(
  event: EventType<string, Data>,
  handle: (received: ReceivedEvent<Data>) => Promise<void>,
): Handler<Data> => ({
  event,
  handle,
});

/** Passes a message, validated against the contract, to the handler of its type; skips types without a handler. */
export async function dispatch(handlers: readonly Handler[], data: unknown, context: KafkaContext): Promise<void> {
  const headers = context.getMessage().headers as unknown as Record<string, string>;
  const type = parseCloudEventType(headers.ce_type ?? '');
  const handler = type && handlers.find(({ event }) => event.wireName === type.wireName);
  if (!handler) return;
  await handler.handle({
    id: headers.ce_id!,
    correlationId: headers.ce_correlationid!,
    data: upcast(handler.event, type.version, data),
  });
}
