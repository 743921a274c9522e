import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { wantsPage } from './wants-page.js';

/** Files with fixed names across releases. */
const LOOSE_FILES = ['icon.svg', 'color-scheme.js'];
const LOOSE_MAX_AGE_SECONDS = 3_600;
/** Assets have a content hash in their name. */
const ASSET_CACHE = 'public, max-age=31536000, immutable';

/** Pages contain no data of users; their requests carry a token. */
const PUBLIC = { config: { access: 'public' } } as const;

/** Mantine writes its variables into a style element. All sources are local, framing is disabled, scripts are files. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A worker among the assets has its own policy: it may call this origin, as the pages may. */
const ASSET_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";

/** Serves the built pages in `folder`: assets without an expiry, and the single page for every address outside of the API. */
export function servePages(fastify: FastifyInstance, folder: string): void {
  fastify.register(fastifyStatic, { root: folder, serve: false, preCompressed: true });
  fastify.get<{ Params: { '*': string } }>('/assets/*', PUBLIC, ({ params }, reply) =>
    reply
      .headers({ 'cache-control': ASSET_CACHE, 'content-security-policy': ASSET_POLICY })
      .sendFile(`assets/${params['*']}`, { cacheControl: false }),
  );
  for (const file of LOOSE_FILES) {
    fastify.get(`/${file}`, PUBLIC, (_, reply) => reply.sendFile(file, { maxAge: LOOSE_MAX_AGE_SECONDS * 1_000 }));
  }
  fastify.get('/', PUBLIC, (_, reply) => sendPage(reply, folder));
  fastify.addHook('onRequest', async (request, reply) => {
    const { method, url, headers, is404 } = request;
    if (wantsPage({ method, url, accept: headers.accept, is404 })) return sendPage(reply, folder);
  });
}

function sendPage(reply: FastifyReply, folder: string): FastifyReply {
  if (!existsSync(join(folder, 'index.html'))) {
    return reply.status(503).type('text/plain; charset=utf-8').send('The pages are not built: npm run build\n');
  }
  return reply
    .headers({ 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-cache', vary: 'accept' })
    .sendFile('index.html', { cacheControl: false });
}
