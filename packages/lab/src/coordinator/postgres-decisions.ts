import type pg from 'pg';
import type { Decision, DecisionLog } from '../protocol.js';

/** The decision log of one coordinator: one row per transaction, and the first row is final. No other coordinator reads it. */
export const postgresDecisions = (pool: pg.Pool, coordinator: string): DecisionLog => ({
  covers: (other) => other === coordinator,
  async decide(tx, proposed) {
    await pool.query(
      `insert into lab_records (kind, key, value) values ('decisions', $1, to_jsonb($2::text)) on conflict do nothing`,
      [tx, proposed],
    );
    const { rows } = await pool.query<{ value: Decision }>(
      `select value from lab_records where kind = 'decisions' and key = $1`,
      [tx],
    );
    return rows[0]!.value;
  },
});
