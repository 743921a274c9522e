import { type VariableOf, variableOf } from '@quadrille/contracts';
import { ratePerMinute } from '@quadrille/nest/http';
import { z } from 'zod';
import { BEHIND_THE_GATEWAY, type ServiceBehind } from './gateway/routes.js';

/** The address of a service, without a path, so that the gateway can append one. */
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

/** The environment variables of the storefront, in addition to those of every service. */
export const storefrontEnvironment = {
  /**
   * Retention of ended sagas. It must exceed the retention of the topics; otherwise a late record would restore an incomplete
   * saga.
   */
  SAGA_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(90),
  /** Retention of unreadable records. */
  UNREADABLE_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(30),
  /** Maximum concurrent readers of `GET /events`; further ones receive 503. */
  LIVE_READERS_MAX: z.coerce.number().int().min(1).max(10_000).default(200),
  /** Maximum of them per address, also for the stage; further ones receive 429. */
  LIVE_READERS_PER_ADDRESS_MAX: z.coerce.number().int().min(1).max(10_000).default(50),
  /** Maximum requests per caller and minute: 1,000 per second exceed the need of a browser. */
  RATE_LIMIT_PER_MINUTE: ratePerMinute.default(60_000),
  /** The storefront's client id at AUTH_ISSUER; with it, users sign in on the pages. */
  AUTH_CLIENT_ID: z.string().max(500).optional(),
  /** The client's secret; without it, it is a public client, which PKCE protects. */
  AUTH_CLIENT_SECRET: z.string().max(500).optional(),
  /** The scopes that a sign-in requests; the issuer grants those that the user may have. */
  AUTH_SCOPE: z.string().max(500).default('openid profile quadrille:operate'),
  /** The addresses of the services whose API the pages use; the pages report missing ones. */
  ...urls,
  /** The operator addresses (ADMIN_PORT); without them, the normal ones are used. */
  ...adminUrls,
  /** The supervisor that stops and starts services for the stage; `npm start` sets it. Its path is a secret. */
  SUPERVISOR_URL: serviceUrl,
  /** The address of `npx quadrille audit --metrics-port`; without it, the audit page explains how to start one. */
  AUDITOR_URL: serviceUrl,
};

export type StorefrontEnvironment = z.infer<z.ZodObject<typeof storefrontEnvironment>>;
