import type { OrderDetails } from '@quadrille/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { amount } from '../boot/amount.js';

export type OrderStatus = 'PLACED' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';

/** An order with its status. */
@Entity('orders')
export class Order {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId: string;

  @Index()
  @Column('text')
  status: OrderStatus;

  @Column({ type: 'bigint', transformer: amount })
  total: number;

  @Column('jsonb')
  details: OrderDetails;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ name: 'placed_at', type: 'timestamptz' })
  placedAt: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt: Date | null;
}
