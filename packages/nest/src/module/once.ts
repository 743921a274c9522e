import { Inject } from '@nestjs/common';
import type { KafkaContext } from '@nestjs/microservices';
import { idNamed } from '@quadrille/runtime';
import { Inbox, type InboxTransaction } from './inbox.module.js';

const INBOX = Symbol('quadrille:inbox');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The identification of duplicates by `@Once`. */
export interface OnceOptions {
  /** The header with the message's UUID. A record without it is identified by its topic, partition and offset. */
  readonly idHeader?: string;
}

type Handler = (...args: any[]) => Promise<unknown>;

/**
 * Makes an `@EventPattern` handler idempotent: it runs once per message, in a transaction that it receives after its own
 * parameters, of which one must be `@Ctx() context: KafkaContext`. `name` identifies the handler; it must not change. Needs
 * `InboxModule`.
 */
export const Once =
  (name: string, { idHeader = 'ce_id' }: OnceOptions = {}) =>
  (target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<any>): void => {
    Inject(Inbox)(target, INBOX);
    const handler: Handler = descriptor.value;
    async function once(this: Record<symbol, Inbox>, ...args: unknown[]): Promise<void> {
      const context = args.find(isKafkaContext);
      if (!context) throw new Error(`@Once on ${String(method)} needs a parameter '@Ctx() context: KafkaContext'.`);
      const message = { step: name, ...identityOf(context, idHeader) };
      await this[INBOX]!.once(message, async (tx: InboxTransaction) => {
        await handler.apply(this, [...args, tx]);
      });
    }
    // Metadata of decorators below this one are on the handler.
    for (const key of Reflect.getMetadataKeys(handler)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), once);
    }
    descriptor.value = once;
  };

const isKafkaContext = (value: unknown): value is KafkaContext =>
  typeof (value as KafkaContext | undefined)?.getPartition === 'function' &&
  typeof (value as KafkaContext).getMessage === 'function';

function identityOf(context: KafkaContext, idHeader: string): { readonly messageId: string; readonly key: string } {
  const { headers = {}, key, offset } = context.getMessage();
  const place = `${context.getTopic()}/${context.getPartition()}/${offset}`;
  const id = String(headers[idHeader] ?? '');
  return { messageId: UUID.test(id) ? id : idNamed(place), key: key === null ? place : String(key) };
}
