/** An HTTP error as RFC 9457 problem+json: `type` is `urn:quadrille:problem:<code>`. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Stable, kebab-case: `unknown-sku`. */
    readonly code: string,
    readonly detail: string,
    readonly extensions: {
      readonly pointers?: readonly string[];
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, extensions.cause === undefined ? {} : { cause: extensions.cause });
    this.name = 'Problem';
  }
}
