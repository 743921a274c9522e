import type { Item } from '@quadrille/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export type ReservationStatus = 'reserved' | 'failed' | 'released' | 'committed';

/** The reservation of an order. `released` without items is the tombstone of a reservation that was never made. */
@Entity('reservations')
export class Reservation {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId: string;

  @Column('text')
  status: ReservationStatus;

  @Column('jsonb')
  items: Item[];
}
