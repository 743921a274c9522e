import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES } from '../cases/cases.js';
import type { Report } from './case-result.js';
import { type Documents, documentsOf } from './document.js';

const DOCS = fileURLToPath(new URL('../../../../docs', import.meta.url));
const FIGURES = join(DOCS, 'generated/benchmarks.json');
/** Written by hand: profiles that explain missed targets. */
const NOTES = fileURLToPath(new URL('../../notes.md', import.meta.url));

/** The documents for the committed figures; empty without figures. */
export function benchmarkDocuments(): Documents {
  if (!existsSync(FIGURES)) return {};
  const report = JSON.parse(readFileSync(FIGURES, 'utf8')) as Report;
  const what = Object.fromEntries(CASES.map(({ name, what }) => [name, what]));
  return documentsOf(report, what, existsSync(NOTES) ? readFileSync(NOTES, 'utf8') : '');
}

/** Merges a report into the committed figures by case, then writes the documents. */
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
