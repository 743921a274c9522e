import { HttpException } from '@nestjs/common';
import { Problem } from '@quadrille/runtime';
import { InvalidInput } from './invalid-input.js';
import { bodyOfProblem, problemBody } from './problem-body.js';

/**
 * Converts a problem to the `HttpException` that filters of any application expect; other values are unchanged. Nest's exceptions
 * have no headers, so the retry delay is a member of the body.
 */
export function httpExceptionOf(thrown: unknown): unknown {
  if (thrown instanceof InvalidInput) {
    const { status, code, detail, errors } = thrown;
    return new HttpException(problemBody(status, code, detail, errors), status, { cause: thrown });
  }
  if (!(thrown instanceof Problem)) return thrown;
  const { retryAfterSeconds } = thrown.extensions;
  const body = { ...bodyOfProblem(thrown), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  return new HttpException(body, thrown.status, { cause: thrown });
}
