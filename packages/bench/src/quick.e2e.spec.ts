import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const BENCH = fileURLToPath(new URL('../bench.mjs', import.meta.url));
/** About half a minute on a quiet machine. */
const WITHIN_MS = 480_000;

it(
  'npm run bench measures a drain on both sides and writes the underlying figures',
  () => {
    const home = mkdtempSync(join(tmpdir(), 'quadrille-bench-spec-'));
    try {
      const file = join(home, 'figures.json');
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [BENCH, '--quick', '--case', 'drain', '--json', file],
        { encoding: 'utf8', timeout: WITHIN_MS },
      );
      expect({ status, stderr, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stderr: '', stdout: '' });
      const { machine, cases } = JSON.parse(readFileSync(file, 'utf8'));
      expect(machine).toMatchObject({ cores: expect.any(Number), node: process.versions.node });
      const { drain } = cases;
      expect(drain.ratio).toBeGreaterThan(1);
      expect(drain.sagasPerSecond).toBeGreaterThan(drain.baseline.sagasPerSecond);
      expect(drain.statementsPerSaga).toBeGreaterThan(0);
      expect(drain.kafkaRequestsPerSaga).toBeGreaterThan(0);
      if (machine.cpuIsMeasured) {
        expect(drain.cpuMicrosPerSaga).toBeGreaterThan(0);
        expect(Object.keys(drain.cpuMicrosByProcess)).toEqual(
          expect.arrayContaining(['order', 'payment', 'inventory', 'shipping', 'postgres']),
        );
      }
    } finally {
      rmSync(home, { recursive: true });
    }
  },
  WITHIN_MS + 10_000,
);
