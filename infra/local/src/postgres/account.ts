import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** An unprivileged user. */
export type Account = { uid: number; gid: number };

/** The user for PostgreSQL: it refuses to run as root, so root runs it as `nobody`. Undefined: the current user. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (!nobody) throw new Error('PostgreSQL refuses to run as root and the user nobody does not exist.');
  return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
}

/** Whether `account` has access to all parent folders of `path`, which it has not below a private home. Its own folder may be private. */
export function mayEnter(account: Account, path: string): boolean {
  const { mode, uid } = statSync(path);
  if ((mode & (uid === account.uid ? 0o100 : 0o001)) === 0) return false;
  const parent = dirname(path);
  return parent === path || mayEnter(account, parent);
}
