import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoToken } from '@quadrille/load';
import { type RunningProcess, startProcess } from './process.js';
import type { SystemOptions } from './system-options.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const AUDIENCE = 'quadrille';
/** The storefront's client id at the identity provider. */
const CLIENT_ID = 'storefront';

/** The running identity provider. */
export interface SignIn {
  readonly url: string;
  readonly process: RunningProcess;
  /** The environment with which services accept its tokens and the storefront offers sign-in. */
  readonly variables: Readonly<Record<string, string>>;
  /** Returns an access token of a person, such as `operator` or `ada`. */
  tokenOf(person: string): Promise<string>;
}

/** Starts the identity provider; resolves once it is ready. */
export async function startSignIn(
  port: number,
  { dataDir, env, onLine }: Pick<SystemOptions, 'dataDir' | 'env' | 'onLine'>,
): Promise<SignIn> {
  const url = `http://127.0.0.1:${port}`;
  const issuer = { AUTH_ISSUER: url, AUTH_AUDIENCE: AUDIENCE };
  const provider = await startProcess({
    name: 'identity-provider',
    command: process.execPath,
    args: [join(ROOT, 'apps/identity-provider/dist/main.js')],
    cwd: ROOT,
    env: { ...env, ...issuer, PORT: String(port), IDENTITY_PROVIDER_DATA_DIR: join(dataDir, 'identity-provider') },
    onLine: (line) => onLine?.('identity-provider', line),
    readyWhen: `${url}/health/ready`,
  });
  return {
    url,
    process: provider,
    variables: { ...issuer, AUTH_CLIENT_ID: CLIENT_ID },
    tokenOf: (person) => demoToken(url, person),
  };
}
