import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';

/** The algorithm that every client of OpenID Connect supports. */
export const ALGORITHM = 'RS256';

/** The private key that signs tokens, and its public part. */
export interface SigningKey {
  readonly kid: string;
  readonly sign: CryptoKey;
  /** The entry in the JWKS. */
  readonly shown: JWK;
}

/** Returns the key in the data folder; created at the first start, readable only by its owner. Throws if the folder cannot be used. */
export async function signingKeyIn(folder: string): Promise<SigningKey> {
  const file = join(folder, 'signing-key.json');
  mkdirSync(folder, { recursive: true });
  const jwk = read(file) ?? (await make(file));
  const { kty, n, e } = jwk;
  const kid = await calculateJwkThumbprint(jwk);
  return {
    kid,
    sign: (await importJWK(jwk, ALGORITHM)) as CryptoKey,
    shown: { kty: kty!, n: n!, e: e!, kid, alg: ALGORITHM, use: 'sig' },
  };
}

function read(file: string): JWK | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function make(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
  return jwk;
}
