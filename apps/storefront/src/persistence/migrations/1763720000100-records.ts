import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With each event, its record's headers and the time at which it was written to its topic. Null for what was read before. */
export class Records1763720000100 implements MigrationInterface {
  readonly name = 'Records1763720000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table saga_events add column headers json, add column written_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table saga_events drop column headers, drop column written_at');
  }
}
