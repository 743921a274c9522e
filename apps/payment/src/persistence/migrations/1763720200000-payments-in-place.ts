import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A payment is inserted once and updated once, in columns without an index. With free space left in the page, the update is a
 * heap-only tuple (HOT) update, even if the row grows: it adds no index entry that vacuum would have to remove.
 */
export class PaymentsInPlace1763720200000 implements MigrationInterface {
  readonly name = 'PaymentsInPlace1763720200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payments set (fillfactor = 45)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payments reset (fillfactor)');
  }
}
