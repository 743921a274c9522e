import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The allowed and forbidden imports per folder. */
const rooms: Record<string, { may: string[]; mayNot: string[] }> = {
  'apps/order/src/steps': {
    may: ['@quadrille/contracts', '@quadrille/nest', '../domain/order.js'],
    mayNot: ['@quadrille/payment/steps/x', '../../../payment/src/steps/x.js', '@quadrille/outbox', 'kafkajs'],
  },
  'packages/contracts/src': {
    may: ['@quadrille/choreography', 'zod'],
    mayNot: ['@quadrille/nest/http', '../../service/src/index.js', 'pg'],
  },
  'packages/outbox/src': { may: ['pg'], mayNot: ['@quadrille/kafka', 'kafkajs'] },
  'packages/kafka/src': { may: ['kafkajs'], mayNot: ['@quadrille/outbox', 'pg', 'typeorm'] },
  'packages/choreography/src': { may: ['zod'], mayNot: ['@quadrille/contracts', 'node:fs', '@nestjs/common'] },
  'packages/bench/src': {
    may: ['@quadrille/testing'],
    mayNot: ['@quadrille/baseline', '../../baseline/src/x.js', '@quadrille/lab'],
  },
  'packages/lab/src/protocols': {
    may: ['@quadrille/contracts', '../protocol.js'],
    mayNot: ['pg', '@quadrille/runtime', '../run/x.js'],
  },
  'packages/cli/src': { may: ['@quadrille/proof'], mayNot: ['@quadrille/contracts', '@quadrille/lab/commands'] },
  'packages/operate/src': { may: ['@quadrille/kafka', 'pg'], mayNot: ['@quadrille/contracts', '@quadrille/nest'] },
  'packages/proof/src': {
    may: ['@quadrille/runtime'],
    mayNot: ['@quadrille/contracts', '@quadrille/order/domain/order'],
  },
  'packages/e2e/src': { may: ['@quadrille/testing'], mayNot: ['../../lab/src/x.js', '@quadrille/lab/commands'] },
  'packages/baseline/src': {
    may: ['@quadrille/contracts', 'typeorm'],
    mayNot: ['@quadrille/nest', '@quadrille/kafka'],
  },
  'packages/postgres/src': { may: ['pg'], mayNot: ['@quadrille/outbox', '@quadrille/kafka', '@nestjs/common'] },
  'packages/runtime/src': {
    may: ['@quadrille/outbox', '@quadrille/postgres'],
    mayNot: ['@nestjs/common', 'fastify', '@quadrille/telemetry', '@quadrille/nest', 'kafkajs'],
  },
  'packages/telemetry/src': {
    may: ['@quadrille/runtime', 'prom-client'],
    mayNot: ['@quadrille/nest', '@nestjs/common'],
  },
  'packages/nest/src': { may: ['@quadrille/runtime'], mayNot: ['@quadrille/contracts', 'kafkajs'] },
};

let home: string;
let complaints: string;

/** One file per import in a copy of the folders; one run of the linter over all. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'quadrille-rooms-'));
  const rules = JSON.parse(readFileSync(inRoot('.biome.json'), 'utf8'));
  writeFileSync(join(home, '.biome.json'), JSON.stringify({ ...rules, vcs: { enabled: false } }));
  for (const [room, { may, mayNot }] of Object.entries(rooms)) {
    for (const [at, specifier] of [...may, ...mayNot].entries()) {
      const file = join(home, room, `import-${at}.ts`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `import thing from '${specifier}';\nconsole.log(thing);\n`);
    }
  }
  const args = [inRoot('node_modules/@biomejs/biome/bin/biome'), 'lint', '--max-diagnostics=none', '--reporter=github'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8' });
  complaints = stdout + stderr;
}, 30_000);
afterAll(() => rmSync(home, { recursive: true }));

describe('the import rules between folders', () => {
  it.each(Object.entries(rooms))('hold in %s', (room, { may, mayNot }) => {
    const refused = [...may, ...mayNot].filter((_, at) => complaints.includes(`${room}/import-${at}.ts`));
    expect(refused).toEqual(mayNot);
  });
});
