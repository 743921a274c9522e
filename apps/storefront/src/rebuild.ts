import { DataSource } from 'typeorm';
import { beginAnew } from './persistence/generation.js';

/** Deletes the read model; every running storefront detects that within a second and reads all topics from their first record. */
async function rebuild(url: string): Promise<string> {
  const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    const generation = await dataSource.transaction((manager) =>
      beginAnew({
        async query<Row extends object>(text: string, values: readonly unknown[] = []) {
          const { records, affected } = await manager.queryRunner!.query(text, [...values], true);
          return { rows: records as Row[], rowCount: affected ?? null };
        },
      }),
    );
    return `The read model is empty (generation ${generation}); a running storefront now reads all topics again.`;
  } finally {
    await dataSource.destroy();
  }
}

const { DATABASE_URL } = process.env;
try {
  if (!DATABASE_URL) throw new Error('DATABASE_URL is missing; expected the PostgreSQL URL of the storefront.');
  process.stdout.write(`${await rebuild(DATABASE_URL)}\n`);
} catch (error) {
  process.stderr.write(`The read model cannot be rebuilt: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
