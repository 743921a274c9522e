import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PASSWORD_BYTES = 24;

/** The passwords of the services' database roles: created once, stored next to the data, readable only by the owner. */
export function servicePasswords(dataDir: string, services: readonly string[]): Record<string, string> {
  const file = join(dataDir, 'service-passwords.json');
  const stored = read(file);
  const passwords = Object.fromEntries(
    services.map((name) => [name, stored[name] ?? randomBytes(PASSWORD_BYTES).toString('base64url')]),
  );
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, JSON.stringify({ ...stored, ...passwords }), { mode: 0o600 });
  return passwords;
}

function read(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
