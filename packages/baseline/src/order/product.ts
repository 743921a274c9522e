import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amount } from '../boot/amount.js';

/** A product with its price in minor units. */
@Entity('products')
export class Product {
  @PrimaryColumn('text')
  sku: string;

  @Column({ type: 'bigint', transformer: amount })
  price: number;

  @Column('text')
  currency: string;
}
