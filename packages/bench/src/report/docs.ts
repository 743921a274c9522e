import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES } from '../cases/cases.js';
import type { Report } from './case-result.js';
import { type Documents, documentsOf } from './document.js';

const DOCS = fileURLToPath(new URL('../../../../docs', import.meta.url));
const FIGURES = join(DOCS, 'generated/benchmarks.json');
/** Written by hand: the profiles that show why a target is not met. */
const NOTES = fileURLToPath(new URL('../../notes.md', import.meta.url));

/** What `docs/` is to show of the figures that are committed; nothing where none are. */
export function benchmarkDocuments(): Documents {
  if (!existsSync(FIGURES)) return {};
  const report = JSON.parse(readFileSync(FIGURES, 'utf8')) as Report;
  const what = Object.fromEntries(CASES.map(({ name, what }) => [name, what]));
  return documentsOf(report, what, existsSync(NOTES) ? readFileSync(NOTES, 'utf8') : '');
}

/** Keeps the figures of a report, those of cases that it does not have stay; then writes the document from them. */
export function writeDocs(report: Report): readonly string[] {
  const before = existsSync(FIGURES) ? (JSON.parse(readFileSync(FIGURES, 'utf8')) as Report).cases : {};
  const all: Record<string, Report['cases'][string]> = { ...before, ...report.cases };
  const cases = Object.fromEntries(CASES.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : [])));
  write(FIGURES, `${JSON.stringify({ machine: report.machine, cases }, null, 2)}\n`);
  const documents = benchmarkDocuments();
  for (const [path, text] of Object.entries(documents)) write(join(DOCS, path), text);
  return ['generated/benchmarks.json', ...Object.keys(documents)];
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
