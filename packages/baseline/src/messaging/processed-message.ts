import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message that a consumer has handled: its redelivery is recognised by this row. */
@Entity('processed_messages')
export class ProcessedMessage {
  @PrimaryColumn('text')
  consumer: string;

  @PrimaryColumn({ name: 'message_id', type: 'uuid' })
  messageId: string;

  @Column({ name: 'processed_at', type: 'timestamptz', default: () => 'now()' })
  processedAt: Date;
}
