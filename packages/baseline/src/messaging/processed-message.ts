import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A processed message of a consumer, by which a redelivery is recognized. */
@Entity('processed_messages')
export class ProcessedMessage {
  @PrimaryColumn('text')
  consumer: string;

  @PrimaryColumn({ name: 'message_id', type: 'uuid' })
  messageId: string;

  @Column({ name: 'processed_at', type: 'timestamptz', default: () => 'now()' })
  processedAt: Date;
}
