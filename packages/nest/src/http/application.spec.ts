import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Body, Controller, Get, Param, Post, Query, Sse } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOperation } from '@nestjs/swagger';
import { Problem } from '@quadrille/runtime';
import { pino } from 'pino';
import { interval, map, type Observable } from 'rxjs';
import { z } from 'zod';
import type { ServiceDefinition } from '../definition.js';
import type { ServiceProviders } from '../service-module.js';
import { makeApplication } from './application.js';
import { httpSettings } from './http-settings.fixture.js';

const Basket = z
  .object({
    id: z.uuid(),
    currency: z.enum(['EUR', 'GBP']),
    items: z.array(z.object({ sku: z.string(), quantity: z.int().positive().max(100) })).min(1),
  })
  .refine(({ items }) => items.length < 90, { path: ['items'], message: 'too heavy' });

const Later = z.object({ id: z.string().refine(async (id) => id === 'A') });

@Controller('baskets')
class Baskets {
  @Post()
  @ApiOperation({ summary: 'Fill a basket' })
  fill(@Body({ schema: Basket }) basket: z.infer<typeof Basket>) {
    return basket;
  }

  @Post('later')
  later(@Body({ schema: Later }) body: z.infer<typeof Later>) {
    return body;
  }

  @Get('refused')
  refused(): never {
    throw new Problem(409, 'basket-closed', 'The basket is closed.', { pointers: ['/items/3'], retryAfterSeconds: 7 });
  }

  @Get('broken')
  broken(): never {
    throw new Error('select password from users');
  }

  @Get('away')
  away(): never {
    throw new Error('timeout exceeded when trying to connect');
  }

  @Sse('live')
  live(): Observable<{ data: string }> {
    return interval(5).pipe(map((n) => ({ data: String(n) })));
  }

  @Get(':id')
  show(
    @Param('id', { schema: z.uuid() }) id: string,
    @Query('page', { schema: z.coerce.number().max(9).optional() }) page?: number,
  ) {
    return { id, page };
  }
}

const definition = {
  steps: { service: 'shop', steps: [] },
  controllers: [Baskets],
} as unknown as ServiceDefinition<any, any>;

let app: NestFastifyApplication;
let url: string;
const logged: any[] = [];

beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const given = { log, environment: {}, gateways: {}, dataSource: {}, commands: {}, health: {}, deadLetters: {} };
  app = await makeApplication(
    definition,
    { ...httpSettings, BODY_LIMIT_BYTES: 2_048 },
    given as unknown as ServiceProviders,
  );
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

const good = { id: '01890a5d-ac96-774b-bcce-b302099a8057', currency: 'EUR', items: [{ sku: 'A', quantity: 1 }] };
const JSON_TYPE = { 'content-type': 'application/json' };
const read = async (answer: Response) => ({
  status: answer.status,
  headers: Object.fromEntries(answer.headers),
  body: (await answer.json()) as any,
});
const post = async (payload: unknown, contentType = 'application/json') => {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return read(await fetch(`${url}/baskets`, { method: 'POST', headers: { 'content-type': contentType }, body }));
};
const get = async (path: string) => read(await fetch(`${url}${path}`));

describe('a request body', () => {
  it('is accepted if it is valid', async () => {
    expect((await post(good)).body).toEqual(good);
  });

  it('is validated by code generated from its schema', async () => {
    const parse = jest.spyOn(Basket._zod, 'run');
    expect((await post({ ...good, note: 'left out' })).body).toEqual(good);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('may have an asynchronous schema', async () => {
    const later = (id: string) =>
      fetch(`${url}/baskets/later`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ id }) }).then(read);
    expect((await later('A')).body).toEqual({ id: 'A' });
    expect((await later('B')).status).toBe(422);
  });

  it('is a 400 problem when it is no JSON', async () => {
    const { status, headers, body } = await post('{"id":');
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      type: 'urn:quadrille:problem:malformed-request',
      title: 'Bad Request',
      detail: expect.stringContaining('not valid JSON'),
      instance: '/baskets',
    });
  });

  it('is a 400 problem with a pointer to each field when it has another shape', async () => {
    const { status, body } = await post({ id: 'x', currency: 'EUR', items: [{ sku: 7, quantity: 1 }, { sku: 'B' }] });
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: any) => pointer)).toEqual(['/id', '/items/0/sku', '/items/1/quantity']);
  });

  it('is a 400 problem when a field with a fixed choice is missing or of another type', async () => {
    const { currency: _, ...without } = good;
    expect((await post(without)).status).toBe(400);
    expect((await post({ ...good, currency: 978 })).status).toBe(400);
  });

  it.each([
    ['a value out of range', { ...good, items: [{ sku: 'A', quantity: 101 }] }, '/items/0/quantity'],
    ['a value that is not allowed', { ...good, currency: 'XXX' }, '/currency'],
    ['an empty list', { ...good, items: [] }, '/items'],
    ['a number beyond safe integers', { ...good, items: [{ sku: 'A', quantity: 2 ** 60 }] }, '/items/0/quantity'],
  ])('is a 422 problem for %s', async (_, payload, pointer) => {
    const { status, body } = await post(payload);
    expect(status).toBe(422);
    expect(body.type).toBe('urn:quadrille:problem:unacceptable-values');
    expect(body.errors[0].pointer).toBe(pointer);
  });

  it('is a 413 problem when it is too large', async () => {
    const { status, body } = await post({ ...good, note: 'x'.repeat(3_000) });
    expect(status).toBe(413);
    expect(body.type).toBe('urn:quadrille:problem:body-too-large');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'is a 415 problem as %s',
    async (type) => {
      const { status, body } = await post('id=1', type);
      expect(status).toBe(415);
      expect(body.detail).toBe('The body must be JSON: Content-Type: application/json.');
    },
  );

  it('lists no more than fifty faults', async () => {
    const items = Array.from({ length: 60 }, () => ({}));
    const { body } = await post({ ...good, items });
    expect(body.errors).toHaveLength(50);
    expect(body.detail).toMatch(/70 more are not listed/);
  });
});

describe('an answer', () => {
  it('names the parameter that is malformed', async () => {
    const { status, body } = await get('/baskets/7');
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ parameter: 'id', detail: 'Invalid UUID' }]);
  });

  it('is a 422 problem for a parameter out of range', async () => {
    expect((await get(`/baskets/${good.id}?page=10`)).status).toBe(422);
  });

  it('is a 404 problem for an unknown path', async () => {
    const { status, body } = await get('/nothing?token=secret');
    expect(status).toBe(404);
    expect(body).toMatchObject({ type: 'urn:quadrille:problem:not-found', instance: '/nothing' });
  });

  it('contains the fields of a problem', async () => {
    const { status, headers, body } = await get('/baskets/refused');
    expect(status).toBe(409);
    expect(headers['retry-after']).toBe('7');
    expect(body).toMatchObject({
      type: 'urn:quadrille:problem:basket-closed',
      title: 'Conflict',
      errors: [{ pointer: '/items/3', detail: 'The basket is closed.' }],
    });
  });

  it('hides an internal error, which is logged', async () => {
    const { status, body } = await get('/baskets/broken');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('password');
    expect(logged.at(-1)).toMatchObject({ requestId: body.requestId, err: { message: 'select password from users' } });
  });

  it('has Retry-After while the database is unavailable', async () => {
    const { status, headers, body } = await get('/baskets/away');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(body.type).toBe('urn:quadrille:problem:database-unavailable');
  });

  it('has headers against sniffing, framing and scripts', async () => {
    const { headers } = await get('/nothing');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });
});

describe('the document', () => {
  it('describes the operations with the schemas of the controllers', async () => {
    const { body } = await get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const { schema } = body.paths['/baskets'].post.requestBody.content['application/json'];
    expect(JSON.stringify(schema) + JSON.stringify(body.components)).toContain('"exclusiveMinimum":0');
  });

  it('is a page without external resources', async () => {
    const page = await fetch(`${url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const sources = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources).toHaveLength(4);
    for (const source of sources) {
      const asset = await fetch(`${url}${source}`);
      expect([source, asset.status]).toEqual([source, 200]);
      expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
  });
});

describe('an application that stops', () => {
  it('does not wait for open event streams', async () => {
    const stream = await fetch(`${url}/baskets/live`, { headers: { accept: 'text/event-stream' } });
    const events = stream.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    let payload = '';
    while (!payload.includes('data: 1')) payload += (await events.next()).value;
    await app.close();
    const theRest = async () => {
      while (!(await events.next()).done);
    };
    await expect(theRest()).rejects.toThrow();
  });
});
