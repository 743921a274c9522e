import type { Migration, StatementRunner } from './migration.js';
import { RecordMessages1764000000011 } from './record-messages.js';

const CREATE_INBOX = `
  create table inbox (
    message_id  uuid        not null,
    step        text        not null,
    accepted_at timestamptz not null default now(),
    primary key (message_id, step)
  )`;

const CREATE_PARKED = `
  create table parked (
    id         bigint      generated always as identity primary key,
    step       text        not null,
    message_id uuid        not null,
    key        text        not null,
    message    json        not null,
    state      text        not null check (state in ('retrying', 'dead', 'queued')),
    code       text        not null,
    cause      text        not null,
    attempts   integer     not null,
    due_at     timestamptz check ((state = 'dead') = (due_at is null)),
    parked_at  timestamptz not null default now(),
    unique (step, message_id)
  )`;

const CREATE_PARKED_AUDIT = `
  create table parked_audit (
    id     bigint      generated always as identity primary key,
    action text        not null check (action in ('redrive', 'discard')),
    parked json        not null,
    by     text        not null,
    reason text        not null,
    at     timestamptz not null default now()
  )`;

/** Tables of accepted messages, parked messages and operator actions. */
export class CreateInbox1764000000001 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CREATE_INBOX);
    await runner.query('create index inbox_accepted_at on inbox (accepted_at)');
    await runner.query(CREATE_PARKED);
    await runner.query('create index parked_key on parked (key, id)');
    await runner.query(`create index parked_due on parked (due_at, id) where state <> 'dead'`);
    await runner.query(CREATE_PARKED_AUDIT);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop table parked_audit, parked, inbox');
  }
}

/** For the `migrations` of a service's data source, together with its own. */
export const inboxMigrations: (new () => Migration)[] = [CreateInbox1764000000001, RecordMessages1764000000011];
