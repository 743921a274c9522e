import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running system is: for `npx quadrille`, which looks here when nobody tells it. */
export interface RunningFacts {
  readonly urls: Readonly<Record<string, string>>;
  readonly adminUrls: Readonly<Record<string, string>>;
  /** With the passwords of the services' roles. */
  readonly databases: Readonly<Record<string, string>>;
  readonly brokers: readonly string[];
  /** How the auditor reaches the brokers where not everybody may: `KAFKA_TLS` and the like. */
  readonly security?: Readonly<Record<string, string>>;
}

/** Writes it beside the data, readable by its owner alone. What is returned takes it away when the system stops. */
export function writeRunningFile(dataDir: string, facts: RunningFacts): { stop(): Promise<void> } {
  const file = join(dataDir, 'running.json');
  const forget = () => rmSync(file, { force: true });
  mkdirSync(dataDir, { recursive: true });
  // A mode is only given to a file that is made anew.
  forget();
  writeFileSync(file, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  return { stop: async () => forget() };
}
