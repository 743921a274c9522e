import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each event's record headers and time of writing to its topic. Null for events read before. */
export class Records1763720000100 implements MigrationInterface {
  readonly name = 'Records1763720000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table saga_events add column headers json, add column written_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table saga_events drop column headers, drop column written_at');
  }
}
