import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COMPILED = 'import the files that your build writes, as in ./dist/orders.js';

/** Returns one sentence with the reason for a failed import, and the remedy. */
export function importFailureOf(file: string, error: unknown): string {
  const { code, message, stack, url } = error as NodeJS.ErrnoException & { url?: string };
  const text = String(message ?? error).split('\n')[0]!;
  switch (code) {
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return `Node ${process.versions.node} does not import TypeScript; use Node 22.22 or newer, or write quadrille.config.mjs.`;
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return `it needs TypeScript that Node cannot strip (${placeIn(stack) ?? text}); ${COMPILED}.`;
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return `${text.split('. ')[0]} at ${placeIn(stack) ?? file}.`;
    case 'ERR_MODULE_NOT_FOUND':
      return missing(text, url);
    default:
      return error instanceof SyntaxError ? badSyntax(file, text, placeIn(stack)) : `${text}.`;
  }
}

function missing(text: string, url: string | undefined): string {
  const source = url?.startsWith('file:') ? fileURLToPath(url).replace(/\.([cm]?)js$/, '.$1ts') : undefined;
  if (source?.includes('/dist/')) return `${text}; build first.`;
  return source !== undefined && existsSync(source) ? `${text}; ${COMPILED}.` : `${text}.`;
}

/** Node reports the place of only some syntax errors. It only strips types, so a decorator is a syntax error. */
function badSyntax(file: string, text: string, place: string | undefined): string {
  const where = place === undefined ? `; node ${file} shows where` : ` at ${place}`;
  const isToken = /token/i.test(text) && /\.[cm]?ts$/.test(file);
  return `${text}${where}${isToken ? `; if it imports a class with decorators, ${COMPILED}` : ''}.`;
}

/** The place of an error, from the first line of a stack: `/bakery/src/oven.ts:12`. */
function placeIn(stack = ''): string | undefined {
  const [first = ''] = stack.split('\n');
  return /^(?:file:\/\/)?(?<place>\/.+:\d+)$|^(?<path>[a-zA-Z]:\\.+:\d+)$/.exec(first)?.[0]?.replace(/^file:\/\//, '');
}
