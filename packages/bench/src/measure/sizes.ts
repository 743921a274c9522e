import { databaseOf, withDatabase } from './with-database.js';

/** The size and the bloat of a table. */
export interface TableSize {
  readonly service: string;
  readonly table: string;
  readonly rows: number;
  readonly tableMegabytes: number;
  readonly indexMegabytes: number;
  /** The share of dead rows and free space in the table's bytes; null if the table is too small. */
  readonly bloat: number | null;
}

/** The minimum size in bytes for a meaningful bloat figure. */
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

/** The tables of these services' databases, largest first, without empty ones. */
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
