import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The double-entry journal. The database rejects a transaction that does not sum to 0, and any later change. */
export class Ledger1763720100000 implements MigrationInterface {
  readonly name = 'Ledger1763720100000';

  async up(runner: QueryRunner): Promise<void> {
    // transaction_id is the id of the transaction's event, so posting an event twice violates the primary key.
    await runner.query(`
      create table ledger_postings (
        transaction_id uuid not null,
        account text not null
          check (account in ('cash', 'provider-receivable', 'revenue', 'customer-available', 'customer-held')),
        customer_id uuid check ((customer_id is not null) = (account like 'customer-%')),
        amount bigint not null check (amount <> 0),
        currency text not null,
        order_id uuid,
        at timestamptz not null,
        primary key (transaction_id, account)
      )`);
    await runner.query('create index ledger_postings_order on ledger_postings (order_id) where order_id is not null');
    // Per statement, not per row: a transaction is always inserted by one statement.
    await runner.query(`
      create function ledger_balances() returns trigger language plpgsql as $$
      begin
        if exists (select from fresh group by transaction_id, currency having sum(amount) <> 0) then
          raise exception 'a ledger transaction does not sum to 0' using errcode = 'check_violation';
        end if;
        return null;
      end $$`);
    await runner.query(`
      create trigger ledger_balances after insert on ledger_postings
      referencing new table as fresh for each statement execute function ledger_balances()`);
    await runner.query(`
      create function ledger_is_append_only() returns trigger language plpgsql as $$
      begin
        raise exception 'the ledger is only ever added to' using errcode = 'restrict_violation';
      end $$`);
    await runner.query(`
      create trigger ledger_is_append_only before update or delete on ledger_postings
      for each statement execute function ledger_is_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ledger_postings');
    await runner.query('drop function ledger_is_append_only()');
    await runner.query('drop function ledger_balances()');
  }
}
