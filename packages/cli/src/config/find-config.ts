import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The order of precedence in one folder. */
const NAMES = ['quadrille.config.ts', 'quadrille.config.mts', 'quadrille.config.mjs', 'quadrille.config.js'];
const OPTION = '--config';

/** Returns the configuration file: the one of `--config`, else the first from a folder upwards; undefined if none exists. */
export function findConfig(args: readonly string[], folder: string): string | undefined {
  const named = namedIn(args);
  if (named !== undefined) return resolve(folder, named);
  for (let at = folder; ; at = dirname(at)) {
    const found = NAMES.map((name) => join(at, name)).find((file) => existsSync(file));
    if (found !== undefined || at === dirname(at)) return found;
  }
}

function namedIn(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === OPTION || arg.startsWith(`${OPTION}=`));
  if (at < 0) return undefined;
  return args[at] === OPTION ? args[at + 1] : args[at]!.slice(OPTION.length + 1);
}
