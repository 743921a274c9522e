import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import type { Problem } from '../problem.js';
import { Seldom } from '../seldom.js';
import { pathOf, refusalOf, sendProblem } from './problem-document.js';
import { bodyBytesOf } from './read-bodies.js';
import { CAREFUL_HEADERS } from './security-headers.js';

/** All that are turned away in this time are one line of the log. */
const TURNED_AWAY_LINE_MS = 10_000;

/** Who waits for a command's answer. */
export interface Waiter {
  /** The size of the request's body. */
  readonly bytes: number;
  /** Whether the connection is gone: then nobody would hear the answer. */
  readonly isGone: () => boolean;
}

/** Parameter decorator: who asks, so that a command is bounded by its size, and not begun for somebody who has hung up. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Waiter => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { bytes: bodyBytesOf(request), isGone: () => request.raw.socket.destroyed };
});

/**
 * Turns commands away before their body is read, by itself and not by way of a filter: in a flood that is most of what a service does.
 * Before any route is added.
 */
export function admitCommands(
  fastify: FastifyInstance,
  { rows, part }: Pick<ServiceDefinition, 'rows' | 'part'>,
  refusal: (step: string, bytes: number) => Problem | undefined,
  log: Pick<Logger, 'warn'>,
): void {
  const steps = new Map<string, string>();
  for (const [step, { by, hears }] of Object.entries(rows)) {
    if (by === part.service && 'request' in hears) steps.set(hears.request, step);
  }
  const seldom = new Seldom(TURNED_AWAY_LINE_MS);
  fastify.addHook('onRequest', (request, reply, done) => {
    const step = steps.get(`${request.method} ${request.routeOptions.url}`);
    const refused = step === undefined ? undefined : refusal(step, Number(request.headers['content-length'] ?? 0));
    if (!refused) return done();
    reply.headers(CAREFUL_HEADERS);
    const { code: problem, detail: cause } = refused;
    seldom.tell(problem, (more) => log.warn({ problem, cause, ...more }, 'requests are turned away'));
    sendProblem(reply, refusalOf(refused, pathOf(request.url), request.id));
  });
}
