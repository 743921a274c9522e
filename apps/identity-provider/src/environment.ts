import { isIPv4 } from 'node:net';
import { allowedHosts } from '@quadrille/nest/http';
import { z } from 'zod';

const yesNo = z
  .string()
  .regex(/^(1|0|true|false|yes|no|on|off)$/i, '1 or 0')
  .transform((text) => /^(1|true|yes|on)$/i.test(text));

const PORT = 'a whole number from 0 to 65535';

const Environment = z.object({
  /** The address HTTP listens on. Anything but loopback needs GIVES_TOKENS_TO_ANYBODY. */
  HOST: z.string().default('127.0.0.1'),
  /** The port HTTP listens on; 0 takes a free one. */
  PORT: z.coerce.number(PORT).int(PORT).min(0, PORT).max(65_535, PORT).default(3007),
  /** The names by which it may be called beside `localhost` and any IP address. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** Its own address, as browsers and services see it: the `iss` of its tokens. Without it, where it listens. */
  AUTH_ISSUER: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:3007' }).optional(),
  /** What its access tokens are meant for: their `aud`. */
  AUTH_AUDIENCE: z.string().max(500).default('quadrille'),
  /** Where its signing key lies; made when it is not there. */
  IDENTITY_PROVIDER_DATA_DIR: z.string().default('.quadrille/identity-provider'),
  /** Said where HOST is not loopback: everybody who reaches it gets the tokens of an operator. */
  GIVES_TOKENS_TO_ANYBODY: yesNo.default(false),
  /** How long running requests may take to finish when the process stops. */
  SHUTDOWN_TIMEOUT_MS: z.coerce.number('milliseconds').int('milliseconds').min(1).max(600_000).default(10_000),
  /** `info` logs where it listens; anything quieter only what goes wrong. */
  LOG_LEVEL: z.string().default('info'),
  /** Ends the process when the one that started it is gone (by the IPC channel). */
  QUADRILLE_PARENT_WATCH: yesNo.default(false),
});

/** The validated environment of the identity provider. */
export type Environment = z.infer<typeof Environment>;

/** Why the identity provider cannot start: sentences for the person who starts it. */
export class BootProblem extends Error {}

/** Reads and checks the environment; an empty variable counts as none. Throws a {@link BootProblem} with a sentence for each fault. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = Environment.safeParse(given);
  if (!read.success) {
    const sentences = read.error.issues.map(
      ({ path, message }) => `${String(path[0])} is ${JSON.stringify(given[String(path[0])])}; expected ${message}.`,
    );
    throw new BootProblem(sentences.join('\n'));
  }
  const { HOST, GIVES_TOKENS_TO_ANYBODY } = read.data;
  if (isLoopback(HOST) || GIVES_TOKENS_TO_ANYBODY) return read.data;
  throw new BootProblem(
    `HOST is ${HOST}, so that others reach this identity provider, and it gives an operator's token to anybody: leave HOST out, or set GIVES_TOKENS_TO_ANYBODY=1.`,
  );
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
