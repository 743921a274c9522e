import type { DataSource, EntityManager } from 'typeorm';
import { ProcessedMessage } from './processed-message.js';
import type { ReceivedEvent } from './received-event.js';

/** Runs `work` in one transaction with the insert of the processed message; skips a message that was processed before. */
export async function once(
  dataSource: DataSource,
  consumer: string,
  { id }: ReceivedEvent,
  work: (manager: EntityManager) => Promise<void>,
): Promise<void> {
  await dataSource.transaction(async (manager) => {
    const noted = await manager
      .createQueryBuilder()
      .insert()
      .into(ProcessedMessage)
      .values({ consumer, messageId: id })
      .orIgnore()
      .returning('message_id')
      .execute();
    if ((noted.raw as unknown[]).length === 1) await work(manager);
  });
}
