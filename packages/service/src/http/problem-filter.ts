import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { traceIdOf } from '../trace-id.js';
import { refusalOf } from './problem-document.js';

/** Answers every refusal and failure as RFC 9457 problem+json; what is ours to know goes to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Pick<Logger, 'error'>) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { document, retryAfterSeconds, unexpected } = refusalOf(thrown, pathOf(request.url), request.id);
    if (unexpected) {
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
    // An answer that has begun cannot be taken back; a stream just ends.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
    // What was not read to its end cannot be followed by another request.
    if (document.status === 413) reply.header('connection', 'close');
    reply
      .status(document.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(document));
  }
}

/** Without the query, which may hold what does not belong into a log. */
const pathOf = (url: string): string => url.split('?', 1)[0]!;
