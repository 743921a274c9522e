import { HttpException } from '@nestjs/common';
import { isDatabaseAway } from '../database-away.js';
import { Problem } from '../problem.js';
import { type FieldError, InvalidInput } from './invalid-input.js';

/** RFC 9457. Each of `errors` points to one field at fault. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path that was asked for. */
  readonly instance: string;
  /** Finds the request in the log. */
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

export interface Refusal {
  readonly document: ProblemDocument;
  readonly retryAfterSeconds?: number;
  /** Nobody's fault but ours: the log must have the error. */
  readonly unexpected: boolean;
}

const RETRY_AFTER_SECONDS = 5;

/** Titles by status: the same for all problems of one status, as people know them. */
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
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** Codes for what Fastify and Nest refuse before a controller sees it. */
const CODES: Readonly<Record<number, string>> = {
  400: 'malformed-request',
  404: 'not-found',
  413: 'body-too-large',
  415: 'unsupported-media-type',
};

/** Where what Fastify says is no help to a caller. */
const DETAILS: Readonly<Record<number, string>> = {
  413: 'The body is larger than this service reads.',
  415: 'The body must be JSON: Content-Type: application/json.',
};

/** Turns whatever was thrown into what the caller may know about it. */
export function refusalOf(thrown: unknown, instance: string, requestId: string): Refusal {
  const say = (status: number, code: string, detail: string, errors?: readonly FieldError[]): ProblemDocument => ({
    type: `urn:quadrille:problem:${code}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    instance,
    requestId,
    ...(errors?.length && { errors }),
  });

  if (thrown instanceof InvalidInput) {
    return { document: say(thrown.status, thrown.code, thrown.detail, thrown.errors), unexpected: false };
  }
  if (thrown instanceof Problem) {
    const { pointers, retryAfterSeconds } = thrown.extensions;
    const errors = pointers?.map((pointer) => ({ pointer, detail: thrown.detail }));
    return {
      document: say(thrown.status, thrown.code, thrown.detail, errors),
      unexpected: thrown.status >= 500,
      ...(retryAfterSeconds && { retryAfterSeconds }),
    };
  }
  if (isDatabaseAway(thrown)) {
    const detail = 'The database cannot be reached at the moment. Try again soon.';
    return {
      document: say(503, 'database-unavailable', detail),
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      unexpected: true,
    };
  }
  const status = statusOf(thrown);
  if (status >= 400 && status < 500) {
    return {
      document: say(status, codeIn(thrown) ?? CODES[status] ?? 'refused', detailOf(thrown, status)),
      unexpected: false,
    };
  }
  // Thrown by somebody who meant it, such as a 503; the caller may know.
  if (thrown instanceof HttpException) {
    return { document: say(status, codeIn(thrown) ?? 'unavailable', thrown.message), unexpected: false };
  }
  const detail = `Something went wrong on our side. The log has it under ${requestId}.`;
  return { document: say(500, 'internal', detail), unexpected: true };
}

/** What Nest and Fastify throw knows its status; anything else is ours: 500. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const { statusCode, code } = (thrown ?? {}) as { statusCode?: unknown; code?: unknown };
  return typeof statusCode === 'number' && typeof code === 'string' && code.startsWith('FST_') ? statusCode : 500;
}

const detailOf = (thrown: unknown, status: number): string => DETAILS[status] ?? (thrown as Error).message;

/** The code that came with a Nest exception: `new ConflictException({ message, code })`. */
function codeIn(thrown: unknown): string | undefined {
  const { code } = (thrown instanceof HttpException ? thrown.getResponse() : {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
