import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Prevents TRUNCATE, which does not fire the trigger against updates and deletes. */
export class LedgerNotTruncated1763720300000 implements MigrationInterface {
  readonly name = 'LedgerNotTruncated1763720300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create trigger ledger_is_not_truncated before truncate on ledger_postings
      for each statement execute function ledger_is_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger ledger_is_not_truncated on ledger_postings');
  }
}
