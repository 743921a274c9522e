import { z } from 'zod';

/** No control characters and no half of a surrogate pair: PostgreSQL's `text` refuses NUL, and its `json` cannot read either back. */
const STORABLE = '^[^\\p{Cc}\\p{Cs}]*$';
const storable = new RegExp(STORABLE, 'u');

/**
 * A free text that somebody outside wrote, on one line: blanks at its ends are left out, then it has 1 to `most` characters, none of
 * which a database, a log or a terminal chokes on. For what comes in; an event that was said with another text is read all the same.
 */
export const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((value) => storable.test(value), 'has a control character or half a character')
    .meta({ pattern: STORABLE });
