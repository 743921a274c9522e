/** Runs one statement. TypeORM's `QueryRunner` and a client of `pg` both match this interface. */
export interface StatementRunner {
  query(text: string): Promise<unknown>;
}

/**
 * A migration for TypeORM, declared without a dependency on it. Add the class to the `migrations` of a `DataSource` of any
 * version.
 */
export interface Migration {
  up(runner: StatementRunner): Promise<void>;
  down(runner: StatementRunner): Promise<void>;
}

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

// Duplicates are rare. Inserting all messages as new costs half as much as checking each one for a duplicate.
const CREATE_RECORD_MESSAGES = `
  create function record_messages(ids uuid[], steps text[]) returns setof int language plpgsql as $$
  begin
    insert into inbox (message_id, step) select * from unnest(ids, steps);
  exception when unique_violation then
    return query
    with recorded as (
      insert into inbox (message_id, step) select * from unnest(ids, steps)
      on conflict do nothing
      returning message_id, step
    )
    select at::int from unnest(ids, steps) with ordinality as received (id, of, at)
     where not exists (select from recorded where message_id = id and step = of);
  end $$`;

/** Records each message once per step. Returns the positions (from 1) of the messages that were recorded earlier. */
export class RecordMessages1764000000011 implements Migration {
  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CREATE_RECORD_MESSAGES);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop function record_messages(uuid[], text[])');
  }
}

/** For the `migrations` of a service's data source, together with its own. */
export const inboxMigrations: (new () => Migration)[] = [CreateInbox1764000000001, RecordMessages1764000000011];
