import { momentOf } from '@quadrille/nest';
import type { DataSource } from 'typeorm';

interface Row {
  topic: string;
  partition: number;
  offset: string;
  key: string | null;
  headers: string;
  value: string | null;
  code: string;
  cause: string;
  read_at: Date;
}

/** Lists unreadable records, latest first. */
export async function listUnreadable(dataSource: DataSource, limit: number) {
  const rows = await dataSource.query<Row[]>(
    `select topic, partition, "offset", key, headers, value, code, cause, read_at
     from unreadable_records order by read_at desc, topic, partition, "offset" limit $1`,
    [limit],
  );
  return rows.map(({ read_at, ...rest }) => ({ ...rest, readAt: momentOf(read_at) }));
}
