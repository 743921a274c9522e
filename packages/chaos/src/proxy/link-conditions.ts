/** What happens to the bytes that pass, in each direction. */
export interface LinkConditions {
  /** How much later they come out than they went in. */
  readonly latencyMs: number;
  /** How many pass in a second. */
  readonly bytesPerSecond: number;
  /** Nothing passes, and nobody is told; what waits passes when the hole is closed. */
  readonly blackHole: boolean;
}

/** Everything passes at once. */
export const CLEAR: LinkConditions = { latencyMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, blackHole: false };
