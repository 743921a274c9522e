import { Column, Entity, PrimaryColumn } from 'typeorm';

export type ShipmentStatus = 'created' | 'failed' | 'cancelled' | 'dispatched';

/** The parcel of an order. `cancelled` without a number is the tombstone of one that was never booked. */
@Entity('shipments')
export class Shipment {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId: string;

  @Column('text')
  status: ShipmentStatus;

  @Column({ name: 'tracking_number', type: 'text', nullable: true })
  trackingNumber: string | null;

  @Column('text')
  destination: string;
}
