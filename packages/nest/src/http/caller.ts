import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Problem, Waiter } from '@quadrille/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServiceDefinition } from '../definition.js';
import { bodyBytesOf } from './read-bodies.js';

/** Parameter decorator: the waiting caller, so that a command is limited by its size, and skipped after a disconnect. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Waiter => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { bytes: bodyBytesOf(request), isGone: () => request.raw.socket.destroyed };
});

/** Refuses commands before their body is read. Call it before adding routes. */
export function admitCommands(
  fastify: FastifyInstance,
  { rows, steps: part }: Pick<ServiceDefinition, 'rows' | 'steps'>,
  refusal: (step: string, bytes: number) => Problem | undefined,
): void {
  const steps = new Map<string, string>();
  for (const [step, { service, handles }] of Object.entries(rows)) {
    if (service === part.service && 'request' in handles) steps.set(handles.request, step);
  }
  fastify.addHook('onRequest', (request, _, done) => {
    const step = steps.get(`${request.method} ${request.routeOptions.url}`);
    const refused = step === undefined ? undefined : refusal(step, Number(request.headers['content-length'] ?? 0));
    if (refused) done(refused);
    else done();
  });
}
