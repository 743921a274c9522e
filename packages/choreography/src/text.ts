import { z } from 'zod';

/** No control characters and no unpaired surrogate: PostgreSQL's `text` rejects NUL, and its `json` cannot return either. */
const STORABLE = '^[^\\p{Cc}\\p{Cs}]*$';
const storable = new RegExp(STORABLE, 'u');

/**
 * A free text of a caller, on one line: trimmed, 1 to `most` characters, none that a database, log or terminal cannot handle. For
 * input only; published events with other texts are accepted.
 */
export const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((value) => storable.test(value), 'has a control character or half a character')
    .meta({ pattern: STORABLE });
