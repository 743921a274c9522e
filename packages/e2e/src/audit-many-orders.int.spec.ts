import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditedTables, auditedTables, completeMany } from './audited-tables.js';

const JUDGE = fileURLToPath(new URL('../../audit/src/spec/judge-many.mjs', import.meta.url));
/** Few enough for every build, in a heap too small for all of them; `npm run nightly` uses as many as a busy month has. */
const [ORDERS, HEAP_MB] = process.env.QUADRILLE_LONG === '1' ? [210_000, 64] : [50_000, 40];
const SLOW_MS = 240_000;

interface Described {
  readonly look: number;
  readonly verdicts: readonly { readonly checked: Record<string, number>; readonly violations: readonly string[] }[];
}

let tables: AuditedTables;
beforeAll(async () => {
  tables = await auditedTables();
  await completeMany(tables, ORDERS);
}, SLOW_MS);
afterAll(() => tables?.stop(), 60_000);

describe('the auditor with very many orders', () => {
  it(
    `audits ${ORDERS} orders in one pass, and again after updates of all of them, in ${HEAP_MB} MB`,
    async () => {
      const child = fork(JUDGE, [JSON.stringify(tables.databases)], {
        execArgv: [`--max-old-space-size=${HEAP_MB}`],
        silent: true,
      });
      let wrong = '';
      child.stderr?.on('data', (text) => {
        wrong += text;
      });
      const described: Described[] = [];
      child.on('message', (message) => described.push(message as Described));
      const [code] = await once(child, 'exit');
      expect([code, wrong]).toEqual([0, '']);
      expect(described.map(({ look }) => look)).toEqual([1, 2]);
      for (const { verdicts } of described) {
        expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
        expect(verdicts[1]!.checked).toEqual({ completed: ORDERS, violations: 0 });
      }
    },
    SLOW_MS,
  );
});
