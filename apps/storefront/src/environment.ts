import { type VariableOf, variableOf } from '@quadrille/contracts';
import { ratePerMinute } from '@quadrille/nest/http';
import { z } from 'zod';
import { BEHIND_THE_GATEWAY, type ServiceBehind } from './gateway/routes.js';

/** Where a service answers; without a path, so that one may be put behind it. */
const serviceUrl = z
  .url({ protocol: /^https?$/, error: 'an HTTP URL such as http://127.0.0.1:3001' })
  .transform((url) => url.replace(/\/+$/, ''))
  .optional();

/** `ORDER_URL` and the like. */
const urls = Object.fromEntries(BEHIND_THE_GATEWAY.map((name) => [variableOf(name, 'URL'), serviceUrl])) as Record<
  VariableOf<ServiceBehind, 'URL'>,
  typeof serviceUrl
>;

/** `ORDER_ADMIN_URL` and the like. */
const adminUrls = Object.fromEntries(
  BEHIND_THE_GATEWAY.map((name) => [variableOf(name, 'ADMIN_URL'), serviceUrl]),
) as Record<VariableOf<ServiceBehind, 'ADMIN_URL'>, typeof serviceUrl>;

/** What the storefront reads from the environment beside what every service reads. */
export const storefrontEnvironment = {
  /** How long sagas are shown that have ended. Longer than the topics keep their records, or a late one would bring back a stump. */
  SAGA_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(90),
  /** How long garbage is kept. */
  UNREADABLE_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(30),
  /** Readers of `GET /events` at the same time; one more is asked to come back later. */
  LIVE_READERS_MAX: z.coerce.number().int().min(1).max(10_000).default(200),
  /** Of them at one address, and as many of the stage; one more is asked to come back later. */
  LIVE_READERS_PER_ADDRESS_MAX: z.coerce.number().int().min(1).max(10_000).default(50),
  /** How many requests one caller may make: a thousand a second are more than a browser needs. */
  RATE_LIMIT_PER_MINUTE: ratePerMinute.default(60_000),
  /** Who the storefront is at AUTH_ISSUER: with it, people sign in here. */
  AUTH_CLIENT_ID: z.string().max(500).optional(),
  /** Its secret there; without it, it is a public client, which PKCE protects. */
  AUTH_CLIENT_SECRET: z.string().max(500).optional(),
  /** What it asks for on behalf of who signs in; the issuer grants of it what they may. */
  AUTH_SCOPE: z.string().max(500).default('openid profile quadrille:operate'),
  /** Where the services are whose API the pages use; what is missing the pages say. */
  ...urls,
  /** Where they answer operators (ADMIN_PORT); without it, where they answer everybody. */
  ...adminUrls,
  /** Who stops and starts services when the stage wants it; npm start says it. With a path that is a secret. */
  SUPERVISOR_URL: serviceUrl,
  /** Where `npx quadrille audit --metrics-port` answers; without it, the audit page says how to start one. */
  AUDITOR_URL: serviceUrl,
};

export type StorefrontEnvironment = z.infer<z.ZodObject<typeof storefrontEnvironment>>;
