import type { Tx } from '@quadrille/choreography';
import type { DataSource, QueryRunner } from 'typeorm';

/** Runs the stores' statements in a transaction of TypeORM, for tools beside the service, such as a rebuild. */
const txOn = (runner: QueryRunner): Tx => ({
  async query(text, values = []) {
    const { records, affected } = await runner.query(text, [...values], true);
    return { rows: records, rowCount: affected ?? null };
  },
});

/** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
export const transactionOn =
  (dataSource: DataSource) =>
  <Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> =>
    dataSource.transaction((manager) => work(txOn(manager.queryRunner!)));
