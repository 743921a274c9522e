import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amount } from '../boot/amount.js';

export type PaymentStatus = 'authorized' | 'failed' | 'captured' | 'voided' | 'refunded';

/** The payment of an order. `voided` without an authorization before is the tombstone of one that was never made. */
@Entity('payments')
export class Payment {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId: string;

  @Column('text')
  status: PaymentStatus;

  @Column('text')
  method: 'account' | 'card';

  @Column({ type: 'bigint', transformer: amount })
  amount: number;
}
