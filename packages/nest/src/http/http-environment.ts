import { isIP } from 'node:net';
import { z } from 'zod';
import { hostNamesIn } from './hosts.js';

const list = (text: string) => text.split(',').flatMap((each) => each.trim() || []);

const HOSTS = 'names of hosts with commas between, without ports, as in order,shop.example';
const NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** The names by which a server of ours may be called, in lower case. */
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

const RATES = 'a whole number from 1 to 1000000000 (requests a minute)';

/** How many requests one caller may make a minute. */
export const ratePerMinute = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, RATES)
  .transform(Number)
  .refine((rate) => rate <= 1_000_000_000, RATES);

/** More than a process answers, so that nobody meets it who does not set it: those behind a gateway have one address together. */
const RATE_PER_MINUTE = 3_000_000;

/** The variables about who may call a service over HTTP, and how much. */
export const httpEnvironment = {
  /** The names by which the service may be called beside `localhost` and any IP address: `order,shop.example`. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** The port at which dead letters, metrics and controls are answered instead of at PORT; 0 takes a free one. Without it, at PORT. */
  ADMIN_PORT: port.optional(),
  /** The address of that port. */
  ADMIN_HOST: z.string().default('127.0.0.1'),
  /** Who is believed when they say by `X-Forwarded-For` for whom they ask: the proxies in front of the service. */
  TRUSTED_PROXIES: z
    .string()
    .transform(list)
    .refine((networks) => networks.every(isNetwork), PROXIES)
    .default([]),
  /** How many requests one caller may make, by the subject of the token or else by address; more are answered 429. */
  RATE_LIMIT_PER_MINUTE: ratePerMinute.default(RATE_PER_MINUTE),
};

/** What an application is told about HTTP. */
export type HttpEnvironment = z.infer<z.ZodObject<typeof httpEnvironment>>;
