import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sent mails, by order. */
export class Notifications1763720000000 implements MigrationInterface {
  readonly name = 'Notifications1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table notifications (
        order_id uuid primary key,
        mail text not null check (mail in ('order-completed', 'order-cancelled')),
        customer_id uuid,
        order_ended_at timestamptz not null,
        sent_at timestamptz not null default now()
      )`);
    await runner.query('create index notifications_sent on notifications (sent_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table notifications');
  }
}
