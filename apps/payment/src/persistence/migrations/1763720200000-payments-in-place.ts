import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A payment is written once and changed once, and no index tells of what changes. With room left beside it, the change stays in
 * its page, also when the row becomes a little longer: nothing is added to the index, and nothing is left there to be cleaned up.
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
