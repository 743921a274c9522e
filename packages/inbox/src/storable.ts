/** NUL, and half of a surrogate pair. */
const UNSTORABLE = /\0|\p{Cs}/gu;

/** A text as PostgreSQL can keep it, also through JSON: a foreign key or a cause may hold what it refuses. */
export const storable = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');
