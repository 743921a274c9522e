import { closeSync, openSync } from 'node:fs';
import { type Account, mayEnter } from './account.js';

type Stdio = 'ignore' | 'pipe' | number;

/** How to spawn one of PostgreSQL's programs, and by which name it knows its data folder. */
export type RunAs = {
  folder: string;
  options: { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv; stdio: Stdio[] };
  /** To be called once the program is spawned. */
  close(): void;
};

/**
 * The account may own a data folder and yet be unable to walk there, because it is below a private home or a private
 * temporary folder. Linux lets it in through a descriptor that we opened and it inherits.
 */
export function runAs(account: Account | undefined, folder: string, stdio: [Stdio, Stdio, Stdio]): RunAs {
  const options = { ...account, cwd: '/', env: plainEnv(), stdio };
  if (!account || mayEnter(account, folder)) return { folder, options, close() {} };
  if (process.platform !== 'linux') {
    throw new Error(
      `PostgreSQL runs as nobody here and cannot enter ${folder}: choose a folder that everybody may enter.`,
    );
  }
  const descriptor = openSync(folder, 'r');
  return {
    folder: '/proc/self/fd/3',
    options: { ...options, stdio: [...stdio, descriptor] },
    close: () => closeSync(descriptor),
  };
}

/** Our environment without what PostgreSQL would read from it (PGPORT, PGOPTIONS, a foreign locale). */
function plainEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}
