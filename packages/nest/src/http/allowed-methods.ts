import { Problem } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';

interface KnownPath {
  readonly matches: RegExp;
  readonly methods: Set<string>;
}

/** Answers 405 for a path with another method, with `Allow`. Call it before adding routes. */
export function refuseOtherMethods(fastify: FastifyInstance): void {
  const paths = new Map<string, KnownPath>();
  fastify.addHook('onRoute', ({ url, method }) => {
    // A catch-all route has no path of its own.
    if (url.includes('*')) return;
    const known = paths.get(url) ?? { matches: patternOf(url), methods: new Set() };
    for (const each of [method].flat()) known.methods.add(each);
    paths.set(url, known);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const path = request.url.split('?', 1)[0]!;
    const methods = [...paths.values()].flatMap((known) => (known.matches.test(path) ? [...known.methods] : []));
    if (methods.length === 0) return done();
    const allow = [...new Set(methods)].sort().join(', ');
    reply.header('allow', allow);
    done(new Problem(405, 'method-not-allowed', `${request.method} is not offered here, only ${allow}.`));
  });
}

/** Converts `/orders/:id` to a pattern. */
function patternOf(route: string): RegExp {
  const parts = route
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
