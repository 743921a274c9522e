import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amount } from '../boot/amount.js';

/** A customer's account, in minor units. */
@Entity('accounts')
export class Account {
  @PrimaryColumn({ name: 'customer_id', type: 'uuid' })
  customerId: string;

  @Column('text')
  currency: string;

  @Column({ type: 'bigint', transformer: amount })
  available: number;

  @Column({ type: 'bigint', transformer: amount })
  held: number;
}
