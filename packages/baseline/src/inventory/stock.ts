import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { amount } from '../boot/amount.js';

/** The pieces of one SKU. */
@Entity('stock')
@Check('available >= 0')
export class Stock {
  @PrimaryColumn('text')
  sku: string;

  @Column({ type: 'bigint', transformer: amount })
  received: number;

  @Column({ type: 'bigint', transformer: amount })
  available: number;

  @Column({ type: 'bigint', transformer: amount })
  reserved: number;

  @Column({ type: 'bigint', transformer: amount })
  sold: number;
}
