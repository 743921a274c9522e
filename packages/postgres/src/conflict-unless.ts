/** Runs one statement, such as TypeORM's `QueryRunner`. */
interface StatementRunner {
  query(text: string): Promise<unknown>;
}

/**
 * The database checks the expectation of a write. If the check fails, the transaction fails, and the commit sent with the write
 * becomes a rollback. The SQLSTATE class is that of serialization failures, so the caller can retry.
 */
const CONFLICT_UNLESS = `
  create function conflict_unless(met boolean, what text) returns void language plpgsql as $$
  begin
    if met is not true then
      raise exception 'Another transaction changed % first.', what using errcode = '40Q01';
    end if;
  end $$`;

/** Raises a conflict in the statement that detects it. */
export class ConflictUnless1764000000007 {
  readonly name = 'ConflictUnless1764000000007';

  async up(runner: StatementRunner): Promise<void> {
    await runner.query(CONFLICT_UNLESS);
  }

  async down(runner: StatementRunner): Promise<void> {
    await runner.query('drop function conflict_unless(boolean, text)');
  }
}
