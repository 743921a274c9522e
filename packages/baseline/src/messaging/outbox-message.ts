import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event to publish, written in the transaction that changes its rows. */
@Entity('outbox_messages')
@Index('outbox_unpublished', ['position'], { where: 'published_at is null' })
export class OutboxMessage {
  @PrimaryColumn('uuid')
  id: string;

  @Column({ type: 'bigint', generated: 'increment' })
  position: string;

  @Column('text')
  topic: string;

  @Column('text')
  key: string;

  @Column('jsonb')
  headers: Record<string, string>;

  @Column('jsonb')
  payload: unknown;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'published_at', type: 'timestamptz', nullable: true })
  publishedAt: Date | null;
}
