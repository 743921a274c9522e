import { databaseOf, withDatabase } from './with-database.js';

/** How large a table is, and how much of it is waste. */
export interface TableSize {
  readonly service: string;
  readonly table: string;
  readonly rows: number;
  readonly tableMegabytes: number;
  readonly indexMegabytes: number;
  /** Share of the table's bytes that dead rows and free space take; null where it is too small to matter. */
  readonly bloat: number | null;
}

/** Below this a table's free space says nothing. */
const WORTH_A_LOOK = 1_048_576;

const SIZES = `
  select c.relname as "table", greatest(c.reltuples, 0)::float8 as rows,
         round(pg_table_size(c.oid) / 1048576.0, 1)::float8 as "tableMegabytes",
         round(pg_indexes_size(c.oid) / 1048576.0, 1)::float8 as "indexMegabytes",
         case when pg_table_size(c.oid) > ${WORTH_A_LOOK}
              then (select round(((approx_free_percent + dead_tuple_percent) / 100)::numeric, 3)::float8
                    from pgstattuple_approx(c.oid)) end as bloat
  from pg_class c
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and pg_table_size(c.oid) > 65536
  order by pg_total_relation_size(c.oid) desc`;

/** The tables of these services' databases that hold anything, largest first. */
export async function tableSizes(superuserUrl: string, services: readonly string[]): Promise<TableSize[]> {
  const sizes: TableSize[] = [];
  for (const service of services) {
    await withDatabase(databaseOf(superuserUrl, service), async (client) => {
      await client.query('create extension if not exists pgstattuple');
      const { rows } = await client.query<Omit<TableSize, 'service'>>(SIZES);
      sizes.push(...rows.map((row) => ({ service, ...row })));
    });
  }
  return sizes;
}
