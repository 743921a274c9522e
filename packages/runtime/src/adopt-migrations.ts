import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';

/** Where TypeORM lists the migrations of an application by default. */
const APPLICATION_TABLE = 'migrations';

const IS_LIST = `
  select count(*) = 2 as "isList"
    from information_schema.columns
   where table_schema = current_schema() and table_name = $1 and column_name in ('timestamp', 'name')`;

/**
 * An application may have run some of our migrations among its own: the outbox's, before it ran a choreography. They count as run here as well,
 * and are added to our list.
 */
export async function adoptMigrations(source: DataSource, table: string, names: readonly string[]): Promise<void> {
  if (table === APPLICATION_TABLE) return;
  const [{ isList }] = await source.query(IS_LIST, [APPLICATION_TABLE]);
  if (!isList) return;
  const ours = escapeIdentifier(table);
  // As TypeORM makes it.
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
