import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sagas on their way back were in the state `undoing` before. */
export class Compensating1763720000300 implements MigrationInterface {
  readonly name = 'Compensating1763720000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("update sagas set state = 'compensating' where state = 'undoing'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("update sagas set state = 'undoing' where state = 'compensating'");
  }
}
