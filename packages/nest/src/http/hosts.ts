import { isIP } from 'node:net';

const HOST = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/;

/** Parses the names of a variable such as ALLOWED_HOSTS, in lower case. */
export const hostNamesIn = (text: string): string[] =>
  text
    .toLowerCase()
    .split(',')
    .flatMap((name) => name.trim() || []);

/** Whether a `Host` header names an IP address, this machine, or one of `allowed`. */
export function isHostOf(header: string, allowed: readonly string[]): boolean {
  const [, v6, name] = HOST.exec(header) ?? [];
  if (v6 !== undefined) return isIP(v6) === 6;
  if (name === undefined) return false;
  const lower = name.toLowerCase();
  return isIP(lower) === 4 || lower === 'localhost' || lower.endsWith('.localhost') || allowed.includes(lower);
}
