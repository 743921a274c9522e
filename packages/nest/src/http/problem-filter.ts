import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { messageOf } from '@quadrille/postgres';
import { CallerDisconnected, LogThrottle, traceIdOf } from '@quadrille/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { pathOf, type Refusal, refusalOf, sendProblem } from './problem-document.js';

export type ProblemLog = Pick<Logger, 'error' | 'warn' | 'debug'>;

/** An outage affects every request; one line per interval is enough. */
const OUTAGE_LINE_MS = 10_000;

/** Answers every rejection and failure as RFC 9457 problem+json; internal details go to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logThrottle = new LogThrottle(OUTAGE_LINE_MS);

  constructor(private readonly log: ProblemLog) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (hungUp(request) || thrown instanceof CallerDisconnected) {
      this.log.debug({ requestId: request.id, path: pathOf(request.url) }, 'a caller disconnected');
      reply.raw.destroy();
      return;
    }
    const refusal = refusalOf(thrown, pathOf(request.url), request.id);
    this.logRefusal(refusal, thrown, request);
    // A response that has started cannot be replaced; a stream just ends.
    if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(reply, refusal);
  }

  private logRefusal({ log, document }: Refusal, thrown: unknown, request: FastifyRequest): void {
    if (log === 'now and then') {
      const fields = { problem: document.type, cause: messageOf(thrown) };
      this.logThrottle.log(document.type, (more) => this.log.warn({ ...fields, ...more }, 'requests are rejected'));
    }
    if (log !== 'the error') return;
    this.log.error(
      {
        err: thrown,
        requestId: request.id,
        ...traceIdOf(request.headers.traceparent),
        method: request.method,
        path: document.instance,
      },
      document.title,
    );
  }
}

/** The body ended early: an error while reading it concerns the caller's connection, not the service. */
const hungUp = ({ raw }: FastifyRequest): boolean => raw.destroyed && !raw.complete;
