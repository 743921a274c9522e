import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../secure/certificates.js';
import type { Account } from './account.js';

const OWNER_ONLY = 0o600;
const [CERTIFICATE, KEY] = ['server.crt', 'server.key'] as const;

/** The file with the authority that signed the server's certificate. */
const authorityFile = (dataDir: string): string => join(dataDir, 'secure', 'ca.pem');

export const isPreparedForTls = (dataDir: string): boolean => existsSync(authorityFile(dataDir));

/** Creates the certificate of a new cluster, and requires TLS from then on. Returns the settings and the authority file for clients. */
export async function prepareTls(dataDir: string, folder: string, account: Account | undefined) {
  const caFile = authorityFile(dataDir);
  const write = (file: string, content: string) => {
    writeFileSync(join(folder, file), content, { mode: OWNER_ONLY });
    if (account) chownSync(join(folder, file), account.uid, account.gid);
  };
  if (!isPreparedForTls(dataDir)) {
    const authority = await createAuthority();
    const { certificate, key } = await authority.sign('postgres');
    write(CERTIFICATE, certificate);
    write(KEY, key);
    mkdirSync(join(dataDir, 'secure'), { recursive: true, mode: 0o700 });
    writeFileSync(caFile, authority.certificate);
  }
  write('pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  return { caFile, settings: { ssl: 'on', ssl_cert_file: CERTIFICATE, ssl_key_file: KEY } };
}
