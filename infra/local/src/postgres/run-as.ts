import { closeSync, openSync } from 'node:fs';
import { type Account, mayEnter } from './account.js';

type Stdio = 'ignore' | 'pipe' | number;

/** The spawn options of PostgreSQL's programs, and the data folder's path for them. */
export type RunAs = {
  folder: string;
  options: { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv; stdio: Stdio[] };
  /** Call it after the program is spawned. */
  close(): void;
};

/**
 * The account may own a data folder without access to its parents, because it is below a private home or a private
 * temporary folder. On Linux, an inherited open descriptor of the folder gives it access.
 */
export function runAs(account: Account | undefined, folder: string, stdio: [Stdio, Stdio, Stdio]): RunAs {
  const options = { ...account, cwd: '/', env: plainEnv(), stdio };
  if (!account || mayEnter(account, folder)) return { folder, options, close() {} };
  if (process.platform !== 'linux') {
    throw new Error(
      `PostgreSQL runs as user nobody and cannot access ${folder}: choose a folder that is accessible to all users.`,
    );
  }
  const descriptor = openSync(folder, 'r');
  return {
    folder: '/proc/self/fd/3',
    options: { ...options, stdio: [...stdio, descriptor] },
    close: () => closeSync(descriptor),
  };
}

/** The environment without variables that PostgreSQL reads (PGPORT, PGOPTIONS, a foreign locale). */
function plainEnv(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', TZ: 'UTC' };
}
