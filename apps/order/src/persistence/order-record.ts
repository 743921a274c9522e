import type { OrderDetails } from '@quadrille/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Status } from './read-table.js';

/** A row of the read table of orders; only the store and a rebuild write it. */
@Entity({ name: 'orders' })
export class OrderRecord {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId: string;

  @Column({ name: 'customer_id', type: 'uuid', nullable: true })
  customerId: string | null;

  @Column({ type: 'text' })
  status: Status;

  @Column({ type: 'json' })
  details: OrderDetails;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ name: 'placed_at', type: 'timestamptz' })
  placedAt: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt: Date | null;

  @Column({ type: 'int' })
  version: number;
}
