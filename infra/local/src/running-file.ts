import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The addresses of a running system, by default read by `npx quadrille`. */
export interface RunningFacts {
  readonly urls: Readonly<Record<string, string>>;
  readonly adminUrls: Readonly<Record<string, string>>;
  /** Including the password of the role that reads them. */
  readonly databases: Readonly<Record<string, string>>;
  /** The database of the keys of personal data, for `npx quadrille erase`: as its owner. */
  readonly keysDatabase: string;
  readonly brokers: readonly string[];
  /** The base URL of the identity provider, for `npx quadrille token`; only with `--sign-in`. */
  readonly identityProvider?: string;
  /** The auditor's credentials for the brokers, if required: `KAFKA_TLS` and so on. */
  readonly security?: Readonly<Record<string, string>>;
}

/** Writes them next to the data, readable only by the owner. The returned object removes the file when the system stops. */
export function writeRunningFile(dataDir: string, facts: RunningFacts): { stop(): Promise<void> } {
  const file = join(dataDir, 'running.json');
  const remove = () => rmSync(file, { force: true });
  mkdirSync(dataDir, { recursive: true });
  // The mode applies only to a new file.
  remove();
  writeFileSync(file, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  return { stop: async () => remove() };
}
