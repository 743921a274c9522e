import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@quadrille/local';
import { migrate, runnerMigrations } from '@quadrille/runtime';
import { databaseProblem } from './boot-problems.js';

let dir: string;
let postgres: LocalPostgres;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quadrille-boot-problems-'));
  postgres = await startPostgres({ dataDir: dir });
});
afterAll(async () => {
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a database that cannot be used', () => {
  const sentence = (url: string) =>
    migrate(url, runnerMigrations).then(
      () => 'it worked',
      (error: unknown) => String(databaseProblem(error, url)),
    );

  it('is named when it does not exist', async () => {
    expect(await sentence(postgres.url('nowhere'))).toMatch(
      /^BootProblem: .*\/nowhere cannot be used: there is no such database/,
    );
  });

  it('is named when the password is wrong', async () => {
    await postgres.createService('locked', 'right');
    const wrong = postgres.url('locked', 'locked').replace('right', 'wrong');
    const emitted = await sentence(wrong);
    expect(emitted).toMatch(/^BootProblem: .* the user or the password is refused/);
    expect(emitted).not.toContain('wrong@');
  });

  it('is named when no server listens', async () => {
    expect(await sentence('postgres://a:b@127.0.0.1:1/order')).toMatch(/^BootProblem: .* nothing listens there/);
  });
});
