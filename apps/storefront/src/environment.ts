import { z } from 'zod';

/** What the storefront reads from the environment beside what every service reads. */
export const storefrontEnvironment = {
  /** How long sagas are shown that have ended. Longer than the topics keep their records, or a late one would bring back a stump. */
  SAGA_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(90),
  /** How long garbage is kept. */
  UNREADABLE_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(30),
  /** Readers of `GET /events` at the same time; one more is asked to come back later. */
  LIVE_READERS_MAX: z.coerce.number().int().min(1).max(10_000).default(200),
};

export type StorefrontEnvironment = z.infer<z.ZodObject<typeof storefrontEnvironment>>;
