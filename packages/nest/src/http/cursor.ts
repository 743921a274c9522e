import { Problem } from '@quadrille/runtime';
import { z } from 'zod';

/** The end of a page: the start time of its last entry, and its id. */
const Place = z.tuple([z.iso.datetime(), z.uuid()]);
type Place = z.infer<typeof Place>;

/** Opaque to callers; its format may change between releases. */
export const cursorAt = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Parses a cursor. Throws a problem 400 for any other text. */
export function placeOf(cursor: string): Place {
  try {
    return Place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new Problem(400, 'malformed-cursor', 'Invalid cursor. Use `next` from the previous page.');
  }
}
