import { allowedHosts } from '@quadrille/nest/http';
import { z } from 'zod';

const whole = (least: number, most: number, unit: string) => {
  const expected = `a whole number from ${least} to ${most}${unit && ` (${unit})`}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, expected)
    .transform(Number)
    .refine((value) => value >= least && value <= most, expected);
};

const yesNo = z
  .string()
  .regex(/^(1|0|true|false|yes|no|on|off)$/i, '1 or 0')
  .transform((text) => /^(1|true|yes|on)$/i.test(text));

const Environment = z.object({
  /** The address on which HTTP listens; `0.0.0.0` for all. */
  HOST: z.string().default('127.0.0.1'),
  /** The port on which HTTP listens; 0 selects a free one. */
  PORT: whole(0, 65_535, '').default(3006),
  /** Accepted host names in addition to `localhost` and any IP address. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** The folder of the journal of charges; created if missing. One process at a time. */
  PROVIDER_DATA_DIR: z.string().default('.quadrille/payment-provider'),
  /** How long calls for a reference on `tok_unreachable` fail after its first call. */
  PROVIDER_UNREACHABLE_SECONDS: whole(0, 3_600, 'seconds').default(5),
  /** The limit for running requests when the process stops. */
  SHUTDOWN_TIMEOUT_MS: whole(1, 600_000, 'milliseconds').default(10_000),
  /** `info` also logs the URL at the start; all other levels log only warnings and errors. */
  LOG_LEVEL: z.string().default('info'),
  /** Opens `/faults`. */
  QUADRILLE_DEMO: yesNo.default(false),
  /** Exits when the parent process has exited (by the IPC channel). */
  QUADRILLE_PARENT_WATCH: yesNo.default(false),
});

/** The validated environment of the provider. */
export type Environment = z.infer<typeof Environment>;

/** A reason why the provider cannot start, as a message for the operator. */
export class BootProblem extends Error {}

/** Reads and validates the environment; an empty variable counts as unset. Throws a {@link BootProblem} with one sentence per invalid variable. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = Environment.safeParse(given);
  if (read.success) return read.data;
  const sentences = read.error.issues.map(
    ({ path, message }) => `${String(path[0])} is ${JSON.stringify(given[String(path[0])])}; expected ${message}.`,
  );
  throw new BootProblem(sentences.join('\n'));
}
