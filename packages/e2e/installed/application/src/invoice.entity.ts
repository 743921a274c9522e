import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity()
export class Invoice {
  @PrimaryColumn()
  id: string;

  @Column()
  cents: number;

  @Column({ default: 0 })
  booked: number;
}
