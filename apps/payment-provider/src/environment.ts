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
  /** The address HTTP listens on; `0.0.0.0` for all. */
  HOST: z.string().default('127.0.0.1'),
  /** The port HTTP listens on; 0 takes a free one. */
  PORT: whole(0, 65_535, '').default(3006),
  /** The names by which it may be called beside `localhost` and any IP address. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** Where the journal of charges is kept; made when it is not there. One process at a time. */
  PROVIDER_DATA_DIR: z.string().default('.quadrille/payment-provider'),
  /** How long `tok_unreachable` keeps a reference waiting after its first call. */
  PROVIDER_UNREACHABLE_SECONDS: whole(0, 3_600, 'seconds').default(5),
  /** How long running requests may take to finish when the process stops. */
  SHUTDOWN_TIMEOUT_MS: whole(1, 600_000, 'milliseconds').default(10_000),
  /** `info` tells where it listens; anything quieter only what goes wrong. */
  LOG_LEVEL: z.string().default('info'),
  /** Opens `/faults`. */
  QUADRILLE_DEMO: yesNo.default(false),
  /** Ends the process when the one that started it is gone (by the IPC channel). */
  QUADRILLE_PARENT_WATCH: yesNo.default(false),
});

/** What the provider is told by its environment. */
export type Environment = z.infer<typeof Environment>;

/** Why the provider cannot start: sentences for the person who starts it. */
export class BootProblem extends Error {}

/** Reads and checks the environment; an empty variable counts as none. Throws a {@link BootProblem} with a sentence for each fault. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = Environment.safeParse(given);
  if (read.success) return read.data;
  const sentences = read.error.issues.map(
    ({ path, message }) => `${String(path[0])} is ${JSON.stringify(given[String(path[0])])}; expected ${message}.`,
  );
  throw new BootProblem(sentences.join('\n'));
}
