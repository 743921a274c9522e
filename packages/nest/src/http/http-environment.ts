import { isIP } from 'node:net';
import { z } from 'zod';
import { hostNamesIn } from './hosts.js';

const list = (text: string) => text.split(',').flatMap((each) => each.trim() || []);

const HOSTS = 'names of hosts with commas between, without ports, as in order,shop.example';
const NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** The allowed host names of a server, in lower case. */
export const allowedHosts = z
  .string()
  .transform(hostNamesIn)
  .refine((names) => names.every((name) => NAME.test(name)), HOSTS);

const PROXIES = 'addresses or networks with commas between, as in 10.0.0.7,fd00::/8';
const isNetwork = (text: string): boolean => {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  return family !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
};

const PORTS = 'a whole number from 0 to 65535';
const port = z
  .string()
  .regex(/^\d{1,5}$/, PORTS)
  .transform(Number)
  .refine((value) => value <= 65_535, PORTS);

const RATES = 'a whole number from 1 to 1000000000 (requests per minute)';

/** Maximum requests per caller and minute. */
export const ratePerMinute = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, RATES)
  .transform(Number)
  .refine((rate) => rate <= 1_000_000_000, RATES);

/** Above the capacity of a process, so that the default never applies: callers behind a gateway share one address. */
const RATE_PER_MINUTE = 3_000_000;

/** The variables about allowed callers of the HTTP API and their rate. */
export const httpEnvironment = {
  /** The allowed host names, in addition to `localhost` and any IP address: `order,shop.example`. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** The port that serves dead letters, metrics and controls instead of PORT; 0 selects a free one. Defaults to PORT. */
  ADMIN_PORT: port.optional(),
  /** The address of that port. */
  ADMIN_HOST: z.string().default('127.0.0.1'),
  /** The proxies whose `X-Forwarded-For` is trusted. */
  TRUSTED_PROXIES: z
    .string()
    .transform(list)
    .refine((networks) => networks.every(isNetwork), PROXIES)
    .default([]),
  /** Maximum requests per caller and minute, by the subject of the token or else by address; further ones are answered 429. */
  RATE_LIMIT_PER_MINUTE: ratePerMinute.default(RATE_PER_MINUTE),
};

/** The HTTP settings of an application. */
export type HttpEnvironment = z.infer<z.ZodObject<typeof httpEnvironment>>;
