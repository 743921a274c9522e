import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A shipment is inserted once and updated once, in columns without an index. With free space left in the page, the update is a
 * heap-only tuple (HOT) update, even if the row grows: it adds no index entry that vacuum would have to remove.
 */
export class ShipmentsInPlace1763720100000 implements MigrationInterface {
  readonly name = 'ShipmentsInPlace1763720100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table shipments set (fillfactor = 45)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table shipments reset (fillfactor)');
  }
}
