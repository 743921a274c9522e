import { z } from 'zod';
import { DEFAULT_TOKEN } from './tokens.js';

const Reference = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters');

/** Body of `POST /authorizations`; `amount` in minor units. */
export const AuthorizationRequest = z.object({
  reference: Reference,
  amount: z.int().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  token: z.string().min(1).max(64).default(DEFAULT_TOKEN),
});

/** Body of `POST /captures` and `POST /reversals`. */
export const ReferenceRequest = z.object({ reference: Reference });

export const MAX_PAGE_CHARGES = 1_000;

/** Query of `GET /charges`. */
export const PageRequest = z.object({
  cursor: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_CHARGES).default(100),
});
