/** An invalid field: `pointer` is a JSON pointer into the request. */
interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** An error response of the API: RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  /** The unavailable service, if any. */
  readonly service?: string;
}

/** Thrown by {@link request} for every error response. `status` 0: the storefront itself cannot be reached. */
export class Problem extends Error {
  constructor(readonly document: ProblemDocument) {
    super(document.detail);
    this.name = 'Problem';
  }

  get status(): number {
    return this.document.status;
  }

  /** The last part of the type: `unknown-sku`. */
  get code(): string {
    return this.document.type.split(':').at(-1)!;
  }

  /** Whether a retry may succeed: a service is unavailable or overloaded. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

/** Parses an error response of any format. */
export async function problemIn(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblemDocument(body)) return new Problem(body);
  const { status, statusText } = response;
  return new Problem({
    type: 'urn:quadrille:problem:no-problem-document',
    title: statusText,
    status,
    detail: `The response was ${status} ${statusText}.`.replace(' .', '.'),
  });
}

/** No response at all. */
export const unreachable = (): Problem =>
  new Problem({
    type: 'urn:quadrille:problem:storefront-unreachable',
    title: 'Not reachable',
    status: 0,
    detail: 'The storefront cannot be reached. Is it running?',
    service: 'storefront',
  });

const isProblemDocument = (body: unknown): body is ProblemDocument =>
  typeof body === 'object' && body !== null && 'type' in body && 'status' in body && 'detail' in body;
