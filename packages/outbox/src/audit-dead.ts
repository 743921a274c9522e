import type { MigrationInterface, QueryRunner } from 'typeorm';

const CREATE_AUDIT = `
  create table outbox_dead_audit (
    id     bigint      generated always as identity primary key,
    action text        not null check (action in ('redrive', 'discard')),
    dead   json        not null,
    by     text        not null,
    reason text        not null,
    at     timestamptz not null default now()
  )`;

/** What operators decided about records that never could be sent. */
export class AuditDead1764000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CREATE_AUDIT);
    await queryRunner.query('create index outbox_dead_audit_at on outbox_dead_audit (at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table outbox_dead_audit');
  }
}
