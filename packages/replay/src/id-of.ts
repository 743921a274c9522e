import { createHash } from 'node:crypto';

/** Returns the same UUID for the same name (RFC 9562 version 8): a customer of a file has the same id in each replay. */
export function idOf(name: string): string {
  const bytes = createHash('sha256').update(`quadrille replay: ${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
