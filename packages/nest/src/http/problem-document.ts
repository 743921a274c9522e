import { HttpException } from '@nestjs/common';
import { KeysUnavailable } from '@quadrille/personal-data';
import { isTransient, scopeOf } from '@quadrille/postgres';
import { Problem } from '@quadrille/runtime';
import type { FastifyReply } from 'fastify';
import { InvalidInput } from './invalid-input.js';
import { bodyOfProblem, type ProblemBody, problemBody } from './problem-body.js';

/** A problem as the response to one request. */
interface ProblemDocument extends ProblemBody {
  /** The requested path. */
  readonly instance: string;
  /** Identifies the request in the log. */
  readonly requestId: string;
}

export interface Refusal {
  readonly document: ProblemDocument;
  readonly retryAfterSeconds?: number;
  /**
   * The logging of a rejection: none for a caller's mistake, the error for an internal fault, an occasional line for an outage
   * that affects all requests.
   */
  readonly log: 'nothing' | 'now and then' | 'the error';
}

const RETRY_AFTER_SECONDS = 5;
const LOCKED_RETRY_AFTER_SECONDS = 1;

/** Codes of rejections by Fastify and Nest before a controller. */
const CODES: Readonly<Record<number, string>> = {
  400: 'malformed-request',
  404: 'not-found',
  413: 'body-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
};

/** Replacements of Fastify's messages that do not help a caller. */
const DETAILS: Readonly<Record<number, string>> = {
  413: 'The body is larger than this service reads.',
  415: 'The body must be JSON: Content-Type: application/json.',
};

/** Converts any thrown value to the part that the caller may see. */
export function refusalOf(thrown: unknown, instance: string, requestId: string): Refusal {
  const answer = (body: ProblemBody): ProblemDocument => ({ ...body, instance, requestId });
  const problem = (status: number, code: string, detail: string) => answer(problemBody(status, code, detail));

  if (thrown instanceof InvalidInput) {
    const { status, code, detail, errors } = thrown;
    return { document: answer(problemBody(status, code, detail, errors)), log: 'nothing' };
  }
  if (thrown instanceof Problem) {
    const { retryAfterSeconds } = thrown.extensions;
    return {
      document: answer(bodyOfProblem(thrown)),
      log: thrown.status === 503 ? 'now and then' : thrown.status >= 500 ? 'the error' : 'nothing',
      ...(retryAfterSeconds && { retryAfterSeconds }),
    };
  }
  if (thrown instanceof KeysUnavailable) {
    const detail = 'The keys of personal data are unavailable. Nothing was changed. Try again soon.';
    return {
      document: problem(503, 'personal-data-unavailable', detail),
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      log: 'now and then',
    };
  }
  const scope = scopeOf(thrown);
  if (isTransient(scope)) {
    const detail = 'The database is unavailable. Try again soon.';
    return {
      document: problem(503, 'database-unavailable', detail),
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      log: 'now and then',
    };
  }
  if (scope === 'locked' || scope === 'conflict') {
    const detail = 'Another transaction holds the data of this request, or the request takes too long. Try again soon.';
    return {
      document: problem(503, 'locked', detail),
      retryAfterSeconds: LOCKED_RETRY_AFTER_SECONDS,
      log: 'now and then',
    };
  }
  const status = statusOf(thrown);
  if (status >= 400 && status < 500) {
    return {
      document: problem(status, codeIn(thrown) ?? CODES[status] ?? 'refused', detailOf(thrown, status)),
      log: 'nothing',
    };
  }
  // Thrown on purpose, such as a 503: the caller may see it.
  if (thrown instanceof HttpException) {
    return { document: problem(status, codeIn(thrown) ?? 'unavailable', thrown.message), log: 'nothing' };
  }
  const detail = `Something went wrong on our side. The log has it under ${requestId}.`;
  return { document: problem(500, 'internal', detail), log: 'the error' };
}

/** Sends the problem. */
export function sendProblem(reply: FastifyReply, { document, retryAfterSeconds }: Refusal): void {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  // After an incomplete body, the connection cannot carry another request.
  if (document.status === 413) reply.header('connection', 'close');
  reply
    .status(document.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(document));
}

/** Without the query, which may hold data that must not be logged. */
export const pathOf = (url: string): string => url.split('?', 1)[0]!;

/** Errors of Nest and Fastify have a status; any other error is internal: 500. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const { statusCode, code } = (thrown ?? {}) as { statusCode?: unknown; code?: unknown };
  return typeof statusCode === 'number' && typeof code === 'string' && code.startsWith('FST_') ? statusCode : 500;
}

const detailOf = (thrown: unknown, status: number): string => DETAILS[status] ?? (thrown as Error).message;

/** The code of a Nest exception: `new ConflictException({ message, code })`. */
function codeIn(thrown: unknown): string | undefined {
  const { code } = (thrown instanceof HttpException ? thrown.getResponse() : {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
