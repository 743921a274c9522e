import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Guarantees } from '../protocol.js';
import { PROTOCOLS, protocolOf } from '../protocols/all.js';
import { documentOf, type Figure } from './document.js';

const inDocs = (name: string): string => fileURLToPath(new URL(`../../../../docs/generated/${name}`, import.meta.url));

/** The committed figures, in the order of the page; empty without figures. */
export const figures = (): Figure[] =>
  existsSync(inDocs('lab.json')) ? JSON.parse(readFileSync(inDocs('lab.json'), 'utf8')) : [];

/** The page of these figures. */
export const pageOf = (all: readonly Figure[]): string => documentOf(all, guaranteesOf);

/** Merges a figure into the committed ones by protocol and fault, and writes figures and page. */
export function writeDocs(figure: Figure, order: readonly string[]): void {
  const keyOf = ({ cell, fault }: Figure) => `${cell}, ${fault}`;
  const others = figures().filter((each) => keyOf(each) !== keyOf(figure));
  const all = [...others, figure].sort((a, b) => order.indexOf(keyOf(a)) - order.indexOf(keyOf(b)));
  writeFileSync(inDocs('lab.json'), `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(inDocs('lab.md'), pageOf(all));
}

/** The claims of a protocol and variant. With a replicated log, a dead coordinator blocks nothing. */
function guaranteesOf(cell: string): Guarantees | undefined {
  const [name] = cell.split(' ');
  if (!name || !PROTOCOLS.includes(name)) return undefined;
  const { guarantees } = protocolOf(name);
  return cell.includes(' on kafka') ? { ...guarantees, availability: 'does not block' } : guarantees;
}
