import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A JSON answer of a lab process. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}
export type Route = (path: string, body: any, headers: IncomingMessage['headers']) => Promise<Reply>;

/** A problem details response (RFC 9457), as in the services of the shop. */
export const problem = (status: number, code: string, detail: string): Reply => ({
  status,
  body: { code, detail, status },
});

const MAX_BODY_BYTES = 4_000_000;

/** Serves JSON over HTTP on the loopback interface. `GET /health/ready` succeeds once the server listens. */
export function serve(port: number, route: Route): Promise<Server> {
  const server = createServer((request, response) => void answer(request, response, route));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
  const { status, body } = await replyTo(request, route).catch((error: Error) => problem(500, 'failed', error.message));
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(JSON.stringify(body ?? null));
}

async function replyTo(request: IncomingMessage, route: Route): Promise<Reply> {
  const path = request.url ?? '/';
  if (path === '/health/ready') return { status: 200, body: {} };
  if (request.method === 'GET') return route(path, undefined, request.headers);
  if (request.method !== 'POST') return problem(405, 'method-not-allowed', 'Use POST.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return problem(413, 'too-large', `The body has more than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString() || 'null');
  } catch {
    return problem(400, 'malformed-json', 'The body is not valid JSON.');
  }
  return route(path, body, request.headers);
}
