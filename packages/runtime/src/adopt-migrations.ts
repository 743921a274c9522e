import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';

/** TypeORM's default table for the migrations of an application. */
const APPLICATION_TABLE = 'migrations';

const IS_LIST = `
  select count(*) = 2 as "isList"
    from information_schema.columns
   where table_schema = current_schema() and table_name = $1 and column_name in ('timestamp', 'name')`;

/**
 * An application may have run some of these migrations among its own, such as those of the outbox before it used a choreography.
 * They are copied to the list of this package, so that they do not run again.
 */
export async function adoptMigrations(source: DataSource, table: string, names: readonly string[]): Promise<void> {
  if (table === APPLICATION_TABLE) return;
  const [{ isList }] = await source.query(IS_LIST, [APPLICATION_TABLE]);
  if (!isList) return;
  const ours = escapeIdentifier(table);
  // Same definition as TypeORM's.
  await source.query(
    `create table if not exists ${ours} (id serial primary key, "timestamp" bigint not null, name varchar not null)`,
  );
  await source.query(
    `insert into ${ours} ("timestamp", name)
     select "timestamp", name
       from ${APPLICATION_TABLE}
      where name = any($1::text[]) and name not in (select name from ${ours})
      order by id`,
    [names],
  );
}
