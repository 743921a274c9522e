import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { DataKeys } from '@quadrille/personal-data';
import { Pool } from 'pg';

const QUADRILLE = fileURLToPath(new URL('../../../cli/bin/quadrille.mjs', import.meta.url));
const [OLD, NEW, OTHER] = ['o'.repeat(32), 'n'.repeat(32), 'x'.repeat(32)];
const folder = mkdtempSync(join(tmpdir(), 'quadrille-rewrap-'));
let postgres: LocalPostgres;
let pool: Pool;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres({ dataDir: folder });
  url = await postgres.createService('personal-data', 'secret');
  pool = new Pool({ connectionString: url, max: 2 });
  const keys = new DataKeys(pool, [OLD]);
  await keys.prepare();
  await Promise.all(['ada', 'grace'].map((subject) => keys.ofNew(subject)));
});
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function rewrap(variables: NodeJS.ProcessEnv) {
  const env = { ...process.env, QUADRILLE_DATA_DIR: folder, PERSONAL_DATA_DATABASE_URL: url, ...variables };
  const { status, stdout, stderr } = spawnSync(process.execPath, [QUADRILLE, 'rewrap'], { env, encoding: 'utf8' });
  return [status, stdout, stderr];
}

const EXPECTED = '32 random characters or more, such as of openssl rand -base64 32';

describe('quadrille rewrap', () => {
  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['without a secret', {}, `PERSONAL_DATA_KEY is missing; expected ${EXPECTED}.`],
    [
      'with a short old one',
      { PERSONAL_DATA_KEY: NEW, PERSONAL_DATA_OLD_KEYS: `${OLD},short` },
      `PERSONAL_DATA_OLD_KEYS is not usable; expected secrets with commas between, each of ${EXPECTED}.`,
    ],
    [
      'without the database',
      { PERSONAL_DATA_KEY: NEW, PERSONAL_DATA_DATABASE_URL: 'postgres://keys@127.0.0.1:1/keys' },
      'The database of the keys cannot be used (connect ECONNREFUSED 127.0.0.1:1): is it running? Run the command again.',
    ],
  ])('ends with one sentence %s', (_, variables, sentence) => {
    expect(rewrap(variables)).toEqual([2, '', `${sentence}\n`]);
  });

  it('changes nothing if no secret opens the keys, and names the missing one', () => {
    const [status, stdout, stderr] = rewrap({ PERSONAL_DATA_KEY: NEW, PERSONAL_DATA_OLD_KEYS: OTHER });
    expect([status, stdout]).toEqual([1, 'Rewrapped: 0 keys.\n']);
    expect(stderr).toMatch(
      /^Not rewrapped: 2 keys\. The keys .* with another secret \(id [0-9a-f]{8}\)\. Set PERSONAL/,
    );
  });

  it('replaces the old secret', async () => {
    const before = await new DataKeys(pool, [OLD]).of('ada');
    // Two persons, and the key by which a service checks its secret when it starts.
    const both = { PERSONAL_DATA_KEY: NEW, PERSONAL_DATA_OLD_KEYS: OLD };
    expect(rewrap(both)).toEqual([0, 'Rewrapped: 3 keys.\n', '']);
    expect(rewrap(both)).toEqual([0, 'Rewrapped: 0 keys.\n', '']);
    const after = new DataKeys(pool, [NEW]);
    await after.prepare();
    expect(await after.of('ada')).toEqual(before);
  });
});
