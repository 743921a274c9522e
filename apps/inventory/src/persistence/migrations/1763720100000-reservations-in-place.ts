import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A reservation is written once and changed once, and no index tells of what changes. With room left beside it, the change stays in
 * its page, also when the row becomes a little longer: nothing is added to the index, and nothing is left there to be cleaned up.
 */
export class ReservationsInPlace1763720100000 implements MigrationInterface {
  readonly name = 'ReservationsInPlace1763720100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table reservations set (fillfactor = 45)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table reservations reset (fillfactor)');
  }
}
