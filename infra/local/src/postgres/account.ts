import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A user without rights. */
export type Account = { uid: number; gid: number };

/** Whom PostgreSQL runs as: it refuses to be root, so root lends it the account `nobody`. Undefined: as ourselves. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (!nobody) throw new Error('PostgreSQL refuses to run as root and there is no user nobody to run it as.');
  return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
}

/** Whether `account` may walk to `path`: not so below a private home. Its own folder may be closed to others. */
export function mayEnter(account: Account, path: string): boolean {
  const { mode, uid } = statSync(path);
  if ((mode & (uid === account.uid ? 0o100 : 0o001)) === 0) return false;
  const parent = dirname(path);
  return parent === path || mayEnter(account, parent);
}
