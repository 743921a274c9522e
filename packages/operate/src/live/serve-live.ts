import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { LiveView } from './live-view.js';

/** The page is for the user of this machine, because it has no sign-in. */
const HOST = '127.0.0.1';
const HOSTS = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/;
const TICK_MS = 250;

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const FILES: Readonly<Record<string, { readonly type: string; readonly file: URL }>> = {
  '/': { type: 'text/html; charset=utf-8', file: new URL('../../web/live.html', import.meta.url) },
  '/live.css': { type: 'text/css; charset=utf-8', file: new URL('../../web/live.css', import.meta.url) },
  '/main.js': { type: JAVASCRIPT, file: new URL('./page/main.js', import.meta.url) },
  '/elements.js': { type: JAVASCRIPT, file: new URL('./page/elements.js', import.meta.url) },
  '/geometry.js': { type: JAVASCRIPT, file: new URL('./page/geometry.js', import.meta.url) },
  '/map.js': { type: JAVASCRIPT, file: new URL('./page/map.js', import.meta.url) },
  '/particles.js': { type: JAVASCRIPT, file: new URL('./page/particles.js', import.meta.url) },
  '/sagas.js': { type: JAVASCRIPT, file: new URL('./page/sagas.js', import.meta.url) },
};

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/**
 * Serves the page of a live view, and its states as server-sent events, to this machine. Rejects if the port is in use. Closing
 * the server ends the streams.
 */
export async function serveLive(view: LiveView, port: number): Promise<Server> {
  const pages = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    // A page of another site could make its own name resolve to this machine.
    if (!HOSTS.test(request.headers.host ?? '')) return void response.writeHead(421).end();
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    if (path === '/live') return open(view, response, pages);
    const found = FILES[path];
    if (!found) return void response.writeHead(404).end();
    readFile(found.file).then(
      (body) => response.writeHead(200, { ...HEADERS, 'content-type': found.type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  const ticking = setInterval(() => {
    const state = view.changed();
    if (!state) return;
    // A page that reads too slowly misses states; each is complete, except for the movement.
    for (const page of pages) if (!page.writableNeedDrain) send(page, 'state', state);
  }, TICK_MS);
  server.on('close', () => clearInterval(ticking));
  server.listen(port, HOST);
  await once(server, 'listening').catch((error) => {
    clearInterval(ticking);
    throw error;
  });
  return server;
}

function open(view: LiveView, response: ServerResponse, pages: Set<ServerResponse>): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
  response.on('close', () => pages.delete(response));
  response.on('error', () => pages.delete(response));
  send(response, 'table', view.table);
  send(response, 'state', view.now());
  pages.add(response);
}

const send = (page: ServerResponse, event: string, data: unknown): boolean =>
  page.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
