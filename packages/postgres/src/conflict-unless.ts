/** Runs one statement; TypeORM's `QueryRunner` is one. */
interface StatementRunner {
  query(text: string): Promise<unknown>;
}

/**
 * What a write expects is compared in the database: where it does not hold, the transaction fails by itself, and the commit that travels
 * with the write is a rollback. The class of the code is that of serialization failures: running again mends it.
 */
const CONFLICT_UNLESS = `
  create function conflict_unless(met boolean, what text) returns void language plpgsql as $$
  begin
    if met is not true then
      raise exception 'Another transaction changed % first.', what using errcode = '40Q01';
    end if;
  end $$`;

/** A conflict is raised where it is noticed. */
export class ConflictUnless1764000000007 {
  readonly name = 'ConflictUnless1764000000007';

  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CONFLICT_UNLESS);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop function conflict_unless(boolean, text)');
  }
}
