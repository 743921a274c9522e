/** An error for the terminal: one sentence with the problem and the correction. Exit code 2. */
export class Unusable extends Error {}
