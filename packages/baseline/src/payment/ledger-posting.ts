import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { amount } from '../boot/amount.js';

/** One line of a ledger transaction: a debit is positive, a credit negative; a transaction sums to 0. */
@Entity('ledger_postings')
export class LedgerPosting {
  @PrimaryColumn({ name: 'transaction_id', type: 'uuid' })
  transactionId: string;

  @PrimaryColumn('text')
  account: string;

  @Column({ name: 'customer_id', type: 'uuid', nullable: true })
  customerId: string | null;

  @Column({ type: 'bigint', transformer: amount })
  amount: number;

  @Index()
  @Column({ name: 'order_id', type: 'uuid', nullable: true })
  orderId: string | null;
}
