import { isUtf8 } from 'node:buffer';
import { Problem } from '@quadrille/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { repeatedName } from './repeated-name.js';

/**
 * Accepts only JSON in UTF-8 as a body, unchanged. Other content is rejected by name, never guessed: a guess would store another
 * text than the sent one. An empty body counts as none, even with a content type, which many clients always send.
 */
export function readBodies(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRequest', ({ headers }, _, done) => {
    const problem = encodingProblem(headers['content-encoding']) ?? charsetProblem(headers['content-type']);
    if (problem) done(problem);
    else done();
  });
  fastify.decorateRequest('bodyBytes', 0);
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    (request as Sized).bodyBytes = body.length;
    if (body.length === 0) done(null, undefined);
    else if (!isUtf8(body)) done(new Problem(400, 'malformed-request', 'The body is not UTF-8.'), undefined);
    else {
      const text = body.toString('utf8');
      parse(request, text, (error, value) => {
        const problem = error ?? repetitionProblem(text);
        if (problem) done(problem, undefined);
        else done(null, value);
      });
    }
  });
}

type Sized = FastifyRequest & { bodyBytes: number };

/** The size of the body, for any transfer encoding. */
export const bodyBytesOf = (request: FastifyRequest): number => (request as Sized).bodyBytes;

function encodingProblem(encoding: string | undefined): Problem | undefined {
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return undefined;
  return new Problem(415, 'unsupported-media-type', 'The body must come as it is, without Content-Encoding.');
}

const MAX_SHOWN_CHARACTERS = 100;

function repetitionProblem(text: string): Problem | undefined {
  const name = repeatedName(text);
  if (name === undefined) return undefined;
  const shown = JSON.stringify(name.slice(0, MAX_SHOWN_CHARACTERS));
  return new Problem(400, 'malformed-request', `The body has the name ${shown} twice in one object.`);
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

function charsetProblem(type: string | undefined): Problem | undefined {
  const charset = type && CHARSET.exec(type)?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return undefined;
  return new Problem(415, 'unsupported-media-type', 'The body must be JSON in UTF-8.');
}
