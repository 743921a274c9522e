import { PROMISES } from './promises.js';
import { readBooks } from './read-books.js';
import type { Sources } from './sources.js';
import type { Verdict } from './verdict.js';

/** Checks the seven promises from outside, on the whole history of the system. */
export async function audit(sources: Sources): Promise<Verdict[]> {
  const books = await readBooks(sources);
  return PROMISES.map((promise) => promise(books));
}
