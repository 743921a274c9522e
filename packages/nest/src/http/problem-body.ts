import type { Problem } from '@quadrille/runtime';
import type { FieldError } from './invalid-input.js';

/** The members of RFC 9457 that do not depend on the request. Each of `errors` points to one invalid field. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

/** The standard title of each status. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** Creates the body of a problem. `code`: stable, kebab-case. */
export const problemBody = (
  status: number,
  code: string,
  detail: string,
  errors?: readonly FieldError[],
): ProblemBody => ({
  type: `urn:quadrille:problem:${code}`,
  title: TITLES[status] ?? 'Error',
  status,
  detail,
  ...(errors?.length && { errors }),
});

/** Creates the body of a thrown problem. */
export const bodyOfProblem = ({ status, code, detail, extensions }: Problem): ProblemBody =>
  problemBody(
    status,
    code,
    detail,
    extensions.pointers?.map((pointer) => ({ pointer, detail })),
  );
