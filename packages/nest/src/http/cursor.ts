import { Problem } from '@quadrille/runtime';
import { z } from 'zod';

/** Where a page ended: when the last one on it began, and its id. */
const Place = z.tuple([z.iso.datetime(), z.uuid()]);
type Place = z.infer<typeof Place>;

/** Opaque to callers; a cursor may change its form from one release to the next. */
export const cursorAt = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Reads a cursor of ours. Throws a problem 400 for anything else. */
export function placeOf(cursor: string): Place {
  try {
    return Place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new Problem(400, 'malformed-cursor', 'The cursor is none of ours: take `next` of the page before.');
  }
}
