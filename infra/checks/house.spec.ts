import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { checkout } from '@quadrille/contracts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAX_LINES = 200;
/** Steps have a file each, however short. */
const STEP = /^apps\/[a-z-]+\/src\/steps\//;
const SHORT_LINES = 20;
/** A helper with one caller belongs to its caller. A share, so that a new service or step meets no limit. */
const MAX_SHORT_SHARE = 0.12;

/** Also those that are not committed yet. */
const LIST = ['ls-files', '--cached', '--others', '--exclude-standard', 'apps', 'packages', 'infra'];
const production = execFileSync('git', LIST, { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|tsx|mts)$/.test(file) && !/\.(spec|fixture)\.ts$|\/spec\/|\.d\.m?ts$/.test(file))
  .filter((file) => existsSync(join(ROOT, file)));
const sources = new Map(production.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** Imports that load a module with the file. */
const LOADED = /^(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
/** All imports: also those of types alone, in the place of a type, and at a later moment. */
const IMPORTED = /^(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

/** The files of ours that a file imports. */
function importsOf(file: string, pattern: RegExp, all: ReadonlyMap<string, string> = sources): string[] {
  return [...all.get(file)!.matchAll(pattern)].flatMap(([, first, later]) => {
    const path = (first ?? later)!;
    if (!path.startsWith('.')) return [];
    const module = normalize(join(dirname(file), path)).replace(/\.m?js$/, '');
    return [`${module}.ts`, `${module}.tsx`, `${module}.mts`].filter((each) => all.has(each));
  });
}

const linesOf = (text: string): number => text.split('\n').length - 1;

const packageOf = (file: string): string => file.split('/').slice(0, 2).join('/');

/** The other packages that a package imports. */
function packageImports(): Map<string, readonly string[]> {
  const graph = new Map<string, Set<string>>();
  for (const [file, text] of sources) {
    const from = packageOf(file);
    for (const [, name] of text.matchAll(/ from '@quadrille\/([a-z-]+)/g)) {
      const to = [`packages/${name}`, `apps/${name}`].find((each) => each !== from && existsSync(join(ROOT, each)));
      if (to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  }
  return new Map([...graph].map(([from, to]) => [from, [...to]]));
}

/** Returns a circle as its nodes, or undefined. */
function circleIn(nodes: Iterable<string>, next: (node: string) => readonly string[]): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    path.push(node);
    for (const each of next(node)) {
      const circle = visit(each);
      if (circle) return circle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of nodes) {
    const circle = visit(node);
    if (circle) return circle;
  }
  return undefined;
}

const circleOfFiles = (all: ReadonlyMap<string, string>): string[] | undefined =>
  circleIn(all.keys(), (file) => importsOf(file, IMPORTED, all));

describe('the house', () => {
  it(`has no production file over ${MAX_LINES} lines`, () => {
    const long = [...sources].filter(([, text]) => linesOf(text) > MAX_LINES);
    expect(long.map(([file, text]) => `${file}: ${linesOf(text)}`)).toEqual([]);
  });

  it(`has at most ${100 * MAX_SHORT_SHARE} % of production files under ${SHORT_LINES} lines, beside its steps`, () => {
    const short = [...sources].filter(([file, text]) => linesOf(text) < SHORT_LINES && !STEP.test(file));
    expect(short.length / sources.size > MAX_SHORT_SHARE ? short.map(([file]) => file) : []).toEqual([]);
  });

  it('has no circle of imports, types included, neither of files nor of packages', () => {
    expect(circleOfFiles(sources)).toBeUndefined();
    const graph = packageImports();
    expect(graph.size).toBeGreaterThan(20);
    expect(circleIn(graph.keys(), (each) => graph.get(each) ?? [])).toBeUndefined();
  });

  it('finds a circle', () => {
    const graph: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['b'] };
    expect(circleIn(Object.keys(graph), (each) => graph[each]!)).toEqual(['b', 'c', 'b']);
  });

  it.each([
    ['of types alone', "import type { A } from './a.js';"],
    ['of types among values', "import { type A } from '../b/a.js';"],
    ['of an exported type', "export type { A } from './a.js';"],
    ['over several lines', "import type {\n  A,\n} from './a.js';"],
    ['in the place of a type', "type A = import('./a.js').A;"],
    ['at a later moment', "const load = () => import('./a.js');"],
  ])('finds a circle %s', (_, back) => {
    const files = new Map([
      ['b/a.ts', "import { b } from './b.js';"],
      ['b/b.ts', "import { c } from './c.js';"],
      ['b/c.tsx', back],
    ]);
    expect(circleOfFiles(files)).toEqual(['b/a.ts', 'b/b.ts', 'b/c.tsx', 'b/a.ts']);
    files.set('b/c.tsx', '');
    expect(circleOfFiles(files)).toBeUndefined();
  });

  it('loads no optional peer from the main entry of a package', () => {
    const loaded = (entry: string): Set<string> => {
      const names = new Set<string>();
      const seen = new Set<string>();
      for (const left = [entry]; left.length > 0; ) {
        const file = left.pop()!;
        if (seen.has(file)) continue;
        seen.add(file);
        left.push(...importsOf(file, LOADED));
        for (const [, path] of sources.get(file)!.matchAll(LOADED)) names.add(path!);
      }
      return names;
    };
    const optional = ['nest', 'kafka', 'outbox', 'runtime'].flatMap((name) => {
      const { peerDependenciesMeta: peers = {} } = JSON.parse(
        readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'),
      );
      const names = loaded(`packages/${name}/src/index.ts`);
      return Object.keys(peers).map((peer) => [`${name}: ${peer}`, names.has(peer)] as const);
    });
    expect(optional.length).toBeGreaterThan(3);
    expect(optional.filter(([, isLoaded]) => isLoaded)).toEqual([]);
  });

  it('shows each step of the saga in `ls apps/*/src/steps`', () => {
    const steps = production
      .filter((file) => STEP.test(file))
      .map((file) => [packageOf(file), basename(file, '.ts')].join(' '));
    const rows = Object.entries(checkout.rows).map(([step, { service }]) => `apps/${service} ${step}`);
    expect(rows.filter((row) => !steps.includes(row))).toEqual([]);
  });
});
