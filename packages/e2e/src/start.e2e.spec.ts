import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ORDER_KINDS } from '@quadrille/load';
import { claimFolder } from '@quadrille/local';
import { orderBody } from './order-body.js';
import { nothingRuns, type Place, type Program, placeIn, REPOSITORY, run } from './program.js';
import { removeData } from './remove-data.js';

const START = 'infra/local/start.mjs';
const ENDED_WITHIN_MS = 480_000;
const READY = 'Ctrl-C stops everything.';
/** Real invoices, which are not part of the repository. */
const DECEMBER = join(REPOSITORY, '../shared/data/online-retail/2010-12.csv.gz');

/** The report of `--report`. */
interface Report {
  orders: { placed: number; byEnding: Record<string, number>; unexpected: string[] };
  byKind: { kind: string; COMPLETED: number; CANCELLED: number; open: number; reasons: Record<string, number> }[];
  promises: { promise: string; holds: boolean; checked: Record<string, number>; violations: string[] }[];
  sagasPerSecond: number;
  latencyMs: { p50: number; p95: number; p99: number; max: number };
  lines?: { total: number; byFate: Record<string, number>; pricedOtherwise: number };
}

const home = mkdtempSync(join(tmpdir(), 'quadrille-start-'));
const programs: Program[] = [];
let place: Place;

const start = (args: readonly string[], at: Place = place): Program => {
  const program = run(START, args, at.env);
  programs.push(program);
  return program;
};

/** Runs it to a successful end and returns the report. */
async function reportOf(args: readonly string[]): Promise<Report> {
  const file = join(home, 'report.json');
  rmSync(file, { force: true });
  const program = start([...args, '--exit', '--report', file]);
  const code = await program.ended();
  const { stdout, stderr } = program.output();
  expect([code, stderr, code === 0 ? '' : stdout.slice(-3_000)]).toEqual([0, '', '']);
  return JSON.parse(readFileSync(file, 'utf8'));
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, each) => all + each, 0);

/** Asserts the properties of every successful report. */
function expectSound({ orders, byKind, promises, sagasPerSecond, latencyMs }: Report): void {
  expect(promises.map(({ holds, violations }) => [holds, violations])).toEqual(promises.map(() => [true, []]));
  expect(promises).toHaveLength(7);
  for (const { checked } of promises) expect(sum(checked)).toBeGreaterThan(0);
  expect(orders.unexpected).toEqual([]);
  expect(Object.keys(orders.byEnding).filter((ending) => !['COMPLETED', 'CANCELLED'].includes(ending))).toEqual([]);
  expect(sum(orders.byEnding)).toBe(orders.placed);
  expect(byKind.reduce((all, kind) => all + kind.COMPLETED + kind.CANCELLED, 0)).toBe(orders.placed);
  expect(byKind.every(({ open }) => open === 0)).toBe(true);
  expect(sagasPerSecond).toBeGreaterThan(0);
  expect([latencyMs.p50, latencyMs.p95, latencyMs.p99, latencyMs.max]).toEqual(
    [latencyMs.p50, latencyMs.p95, latencyMs.p99, latencyMs.max].toSorted((a, b) => a - b),
  );
}

beforeAll(async () => {
  place = await placeIn(join(home, 'data'));
});
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.signal('SIGKILL');
    await program.ended();
  }
});
afterAll(async () => {
  await nothingRuns(home);
  for (const data of ['data', 'beside']) removeData(join(home, data));
  rmSync(home, { recursive: true, force: true });
});

describe('npm start', () => {
  it(
    'places orders of every kind, ends them all, fulfils its promises, reports that and exits',
    async () => {
      const report = await reportOf(['--fresh', '--orders', '60']);
      expectSound(report);
      expect(report.orders.placed).toBe(60);
      expect(report.byKind.map(({ kind }) => kind).toSorted()).toEqual(ORDER_KINDS.map(({ name }) => name).toSorted());
      expect(report.byKind.find(({ kind }) => kind === 'deadline passes')?.reasons).toEqual({ 'deadline-passed': 1 });
      expect(report.lines).toBeUndefined();
      await nothingRuns(home);
    },
    ENDED_WITHIN_MS,
  );

  it(
    'replays invoices on the data of an earlier run, and reports every line',
    async () => {
      const file = join(home, 'invoices.csv');
      writeFileSync(file, INVOICES.join('\n'));
      const report = await reportOf(['--replay', file]);
      expectSound(report);
      expect(report.orders.placed).toBe(3);
      const { total, byFate, pricedOtherwise } = report.lines!;
      expect([total, pricedOtherwise]).toEqual([INVOICES.length - 1, 1]);
      const { cancelled = 0, 'reported: return-after-the-order-ended': tooLate = 0, ...certain } = byFate;
      expect(cancelled + tooLate).toBe(1);
      expect(certain).toEqual({
        ordered: 4,
        merged: 1,
        'refused: no-goods': 1,
        'refused: no-price': 1,
        'refused: country-without-code': 1,
        'refused: stock-correction': 1,
        'reported: return-of-a-guest': 1,
        'reported: return-without-an-earlier-order': 1,
      });
    },
    ENDED_WITHIN_MS,
  );

  const there = existsSync(DECEMBER);
  (there ? it : it.skip)(
    `replays a month of a real shop${there ? '' : ' (skipped, because its invoices are not there)'}`,
    async () => {
      const report = await reportOf(['--fresh', '--replay', DECEMBER]);
      expectSound(report);
      const lines = gunzipSync(readFileSync(DECEMBER)).toString().trimEnd().split('\n').length - 1;
      expect(report.lines!.total).toBe(lines);
      expect(sum(report.lines!.byFate)).toBe(lines);
      expect(Object.keys(report.lines!.byFate)).not.toContain('LOST');
      expect(report.orders.placed).toBeGreaterThan(1_400);
    },
    ENDED_WITHIN_MS,
  );

  it.each([
    ['an unknown option', ['--wat'], "Unknown option '--wat'. See npm start -- --help."],
    ['an invalid number', ['--orders', 'many'], '--orders is many; expected a whole number from 1 to 1000000.'],
    ['a missing file', ['--replay', '/no/where.csv', '--exit'], /^\/no\/where\.csv cannot be replayed: ENOENT[^\n]*$/],
  ])('prints one sentence about %s, and exits with code 1', async (_, args, sentence) => {
    const program = start(args);
    expect(await program.ended()).toBe(1);
    const output = program.output().stderr.trimEnd();
    if (typeof sentence === 'string') expect(output).toBe(sentence);
    else expect(output).toMatch(sentence);
  });

  it('reports invalid variables of the shell once, before it starts any process', async () => {
    const elsewhere = await placeIn(join(home, 'refused'));
    const program = start([], { ...elsewhere, env: { ...elsewhere.env, LOG_LEVEL: 'debugging' } });
    expect(await program.ended()).toBe(1);
    expect(program.output().stderr).toBe(
      'LOG_LEVEL is "debugging"; expected one of trace, debug, info, warn, error, fatal, silent.\n',
    );
    expect(readdirSync(elsewhere.dataDir)).toEqual(['claims']);
  });

  it('does not change a data folder in use by another process, even with --fresh', async () => {
    const dataDir = join(home, 'claimed');
    mkdirSync(join(dataDir, 'postgres/data'), { recursive: true });
    claimFolder(dataDir);
    const program = start(['--fresh'], await placeIn(dataDir));
    expect(await program.ended()).toBe(1);
    expect(program.output().stderr).toMatch(
      new RegExp(`^${dataDir} is in use by process ${process.pid} \\(.*\\): stop that process first, or [^\n]*\n$`),
    );
    expect(readdirSync(dataDir)).toEqual(['claims', 'postgres']);
  });

  it('reports a port in use and how to choose another, and leaves no process', async () => {
    const port = Number(place.env.ORDER_PORT);
    const server = createServer().listen(port, '127.0.0.1');
    const program = start([]);
    const code = await program.ended();
    await new Promise((closed) => server.close(closed));
    expect([code, program.output().stderr.trimEnd()]).toEqual([
      1,
      `order cannot listen on port ${port}, because another program does: stop that program or choose another port with ORDER_PORT.`,
    ]);
    await nothingRuns(home);
  });

  it(
    'runs next to another one, and on Ctrl-C stops only its own processes',
    async () => {
      const beside = await placeIn(join(home, 'beside'));
      // Variables of the user's shell for other programs must not matter.
      const shell = { HOST: 'x86_64-conda-linux-gnu', PORT: '1', PGSSLMODE: 'require', PGHOST: 'nowhere.invalid' };
      const [one, other] = [start(['--fresh']), start([], { ...beside, env: { ...beside.env, ...shell } })];
      await one.untilPrinted(READY);
      await other.untilPrinted(READY);
      expect((await placeOrder(place)).status).toBe(202);
      one.signal('SIGINT');
      expect(await one.ended()).toBe(130);
      await nothingRuns(place.dataDir);
      expect((await placeOrder(beside)).status).toBe(202);
      other.signal('SIGTERM');
      expect(await other.ended()).toBe(143);
      await nothingRuns(home);
    },
    ENDED_WITHIN_MS,
  );
});

const placeOrder = ({ urls }: Place) =>
  fetch(`${urls.order}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(orderBody()),
  });

const INVOICES = [
  'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
  '536365,85123A,"HEART, WHITE ""HANGING""",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom',
  '536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom',
  '536365,85123a,"HEART, WHITE",2,2010-12-01 08:26:00,2.55,17850.0,United Kingdom',
  '536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.0,17850.0,United Kingdom',
  '536366,71053,WHITE METAL LANTERN,1,2010-12-01 08:28:00,4.25,,France',
  '536366,22633,HAND WARMER,1,2010-12-01 08:28:00,0.0,,France',
  '536367,22633,HAND WARMER,3,2010-12-01 08:34:00,1.855,13047.0,EIRE',
  '536368,22633,HAND WARMER,3,2010-12-01 08:34:00,1.855,13048.0,Unspecified',
  '536369,22633,,-10,2010-12-01 08:40:00,0.0,,United Kingdom',
  'C536370,71053,WHITE METAL LANTERN,-6,2010-12-01 09:00:00,3.39,17850.0,United Kingdom',
  'C536371,71053,WHITE METAL LANTERN,-1,2010-12-01 09:01:00,4.25,,France',
  'C536372,22633,HAND WARMER,-1,2010-12-01 09:02:00,1.855,12345.0,Germany',
];
