/** NUL, and an unpaired surrogate. */
const UNSTORABLE = /\0|\p{Cs}/gu;

/** Replaces characters that PostgreSQL rejects in text and JSON; a foreign key or an error message may contain them. */
export const storable = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');
