#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('quadrille is not built yet: run npm run build.');
  process.exit(1);
}
// An application may load its own copies of the packages beside those of the commands: the commands compare events by name, so
// that is safe here.
globalThis[Symbol.for('quadrille.copies')] = { get: () => undefined, set() {} };
await import(main.href);
