import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './open-api-document.js';

/** The API description is public. */
const PUBLIC = { config: { access: 'public' } } as const;

/** Serves the API description: `/openapi.json` for programs, `/docs` for browsers. Works without a network. */
export function serveOpenApi(app: INestApplication, fastify: FastifyInstance, service: string): void {
  const document = JSON.stringify(openApiDocument(app, service));
  fastify.get('/openapi.json', PUBLIC, (_, reply) => reply.type('application/json').send(document));
  servePage(fastify, service);
}

/** The files of Swagger UI, with their types; other files of the package are not served. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Swagger UI has inline styles, and images in its style sheet. */
const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null });`;

/** Nest's own page needs inline scripts and a plug-in for static files; four routes are sufficient, under a strict policy. */
function servePage(fastify: FastifyInstance, service: string): void {
  const require = createRequire(import.meta.url);
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${service} · API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
`;
  fastify.get('/docs', PUBLIC, (_, reply) =>
    reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8').send(page),
  );
  fastify.get('/docs/start.js', PUBLIC, (_, reply) => reply.type('text/javascript; charset=utf-8').send(START));
  for (const [file, type] of Object.entries(ASSETS)) {
    const path = require.resolve(`swagger-ui-dist/${file}`);
    // Read on request, which is rare, instead of holding two megabytes in memory.
    fastify.get(`/docs/${file}`, PUBLIC, (_, reply) =>
      reply.header('cache-control', 'max-age=3600').type(type).send(readFileSync(path)),
    );
  }
}
