import type { Migration, StatementRunner } from './migrate.js';

const CREATE_AUDIT = `
  create table outbox_dead_audit (
    id     bigint      generated always as identity primary key,
    action text        not null check (action in ('redrive', 'discard')),
    dead   json        not null,
    by     text        not null,
    reason text        not null,
    at     timestamptz not null default now()
  )`;

/** Operator actions on records that can never be sent. */
export class AuditDead1764000000020 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CREATE_AUDIT);
    await runner.query('create index outbox_dead_audit_at on outbox_dead_audit (at)');
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop table outbox_dead_audit');
  }
}
