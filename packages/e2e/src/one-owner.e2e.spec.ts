import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { nothingRuns, type Program, placeIn, run } from './program.js';
import { removeData } from './remove-data.js';

const READY_WITHIN_MS = 300_000;
const GONE_WITHIN_MS = 30_000;

describe('two concurrent starts on one data folder', () => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-owner-'));
  const dataDir = join(home, 'data');
  const programs: Program[] = [];
  const start = async () => {
    const program = run('infra/local/servers.mjs', ['counter'], (await placeIn(dataDir)).env);
    programs.push(program);
    return program;
  };
  afterAll(async () => {
    for (const program of programs) program.signal('SIGKILL');
    await nothingRuns(dataDir, GONE_WITHIN_MS);
    removeData(dataDir);
    rmSync(home, { recursive: true, force: true });
  });

  async function query(sql: string): Promise<unknown[]> {
    const { DATABASE_URL } = parseEnv(readFileSync(join(dataDir, 'servers/counter.env'), 'utf8'));
    const client = new pg.Client({ connectionString: DATABASE_URL! });
    await client.connect();
    return (await client.query(sql).finally(() => client.end())).rows;
  }

  it.each(['new', 'of an earlier run'])(
    'one runs, the other reports its process; the folder is %s',
    async (folder) => {
      expect(existsSync(join(dataDir, 'servers/postgres'))).toBe(folder !== 'new');
      const two = await Promise.all([start(), start()]);
      const first = await Promise.race(two.map((each) => each.ended().then(() => each)));
      const owner = two.find((each) => each !== first)!;
      expect(first.output().stderr).toMatch(
        new RegExp(
          `^${join(dataDir, 'servers')} is in use by process ${owner.pid} \\(.*\\): stop that process first, or .*\n$`,
        ),
      );
      expect(await first.ended()).toBe(1);
      await owner.untilPrinted('ready; Ctrl-C', READY_WITHIN_MS);
      await query(folder === 'new' ? 'create table counted (n int)' : 'insert into counted values (1)');
      expect(await query('select n from counted')).toHaveLength(folder === 'new' ? 0 : 1);
      owner.signal('SIGINT');
      expect(await owner.ended()).toBe(130);
      await nothingRuns(dataDir, GONE_WITHIN_MS);
    },
    READY_WITHIN_MS,
  );
});
