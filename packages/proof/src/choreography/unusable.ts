/** One sentence for the person at the terminal: what cannot be used, and what to write instead. Exit code 2. */
export class Unusable extends Error {}
