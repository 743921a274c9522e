import { isIPv4 } from 'node:net';
import { allowedHosts } from '@quadrille/nest/http';
import { z } from 'zod';

const yesNo = z
  .string()
  .regex(/^(1|0|true|false|yes|no|on|off)$/i, '1 or 0')
  .transform((text) => /^(1|true|yes|on)$/i.test(text));

const PORT = 'a whole number from 0 to 65535';

const Environment = z.object({
  /** The address of the HTTP server. Any except loopback requires ALLOW_UNAUTHENTICATED_TOKENS. */
  HOST: z.string().default('127.0.0.1'),
  /** The port of the HTTP server; 0 selects a free one. */
  PORT: z.coerce.number(PORT).int(PORT).min(0, PORT).max(65_535, PORT).default(3007),
  /** The allowed host names of requests, in addition to `localhost` and any IP address. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** The address for browsers and services, and the `iss` of the tokens. Default: the address of the HTTP server. */
  AUTH_ISSUER: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:3007' }).optional(),
  /** The `aud` of the access tokens. */
  AUTH_AUDIENCE: z.string().max(500).default('quadrille'),
  /** The folder of the signing key, which is created if it is missing. */
  IDENTITY_PROVIDER_DATA_DIR: z.string().default('.quadrille/identity-provider'),
  /** Required if HOST is not loopback: any client that reaches it can get the token of an operator. */
  ALLOW_UNAUTHENTICATED_TOKENS: yesNo.default(false),
  /** Maximum time of running requests at shutdown. */
  SHUTDOWN_TIMEOUT_MS: z.coerce.number('milliseconds').int('milliseconds').min(1).max(600_000).default(10_000),
  /** `info` logs the address; any other level logs only errors. */
  LOG_LEVEL: z.string().default('info'),
  /** Ends the process after the exit of its parent process (detected by the IPC channel). */
  QUADRILLE_PARENT_WATCH: yesNo.default(false),
});

/** The validated environment of the identity provider. */
export type Environment = z.infer<typeof Environment>;

/** The identity provider cannot start: one sentence per cause. */
export class BootProblem extends Error {}

/** Reads and validates the environment. An empty variable counts as missing. Throws a {@link BootProblem} with one sentence per invalid variable. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = Environment.safeParse(given);
  if (!read.success) {
    const sentences = read.error.issues.map(
      ({ path, message }) => `${String(path[0])} is ${JSON.stringify(given[String(path[0])])}; expected ${message}.`,
    );
    throw new BootProblem(sentences.join('\n'));
  }
  const { HOST, ALLOW_UNAUTHENTICATED_TOKENS } = read.data;
  if (isLoopback(HOST) || ALLOW_UNAUTHENTICATED_TOKENS) return read.data;
  throw new BootProblem(
    `HOST is ${HOST}, so other machines reach this identity provider, which gives any client an operator's token: unset HOST, or set ALLOW_UNAUTHENTICATED_TOKENS=1.`,
  );
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
