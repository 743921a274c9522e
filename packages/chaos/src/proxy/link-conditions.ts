/** The conditions of a link, per direction. */
export interface LinkConditions {
  /** The delay of each byte in milliseconds. */
  readonly latencyMs: number;
  /** The bandwidth in bytes per second. */
  readonly bytesPerSecond: number;
  /** Blocks all bytes without closing connections; buffered bytes are delivered when it ends. */
  readonly blackHole: boolean;
}

/** No delay and no limit. */
export const CLEAR: LinkConditions = { latencyMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, blackHole: false };
