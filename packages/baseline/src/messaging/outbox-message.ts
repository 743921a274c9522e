import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that is to be published; written in the transaction that changes the rows it tells of. */
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
