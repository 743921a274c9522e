import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { z } from 'zod';
import type { ServiceDefinition } from '../definition.js';
import type { ServiceProviders } from '../service-module.js';
import { makeApplication } from './application.js';
import { httpSettings } from './http-settings.fixture.js';

const Note = z.object({ text: z.string() });

@Controller('notes')
class Notes {
  @Post()
  write(@Body({ schema: Note }) note: z.infer<typeof Note>) {
    return note;
  }

  @Post(':id/end')
  @HttpCode(202)
  end(@Param('id') id: string, @Body({ schema: Note.nullish() }) note: z.infer<typeof Note> | undefined) {
    return { id, note: note ?? null };
  }

  @Get('away')
  away(): never {
    throw new Error('timeout exceeded when trying to connect');
  }
}

const definition = { steps: { service: 'notes', steps: [] }, controllers: [Notes] } as unknown as ServiceDefinition<
  any,
  any
>;
const BODY_LIMIT_BYTES = 2_048;

let app: NestFastifyApplication;
let port: number;
const logged: any[] = [];

beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  app = await makeApplication(definition, { ...httpSettings, BODY_LIMIT_BYTES, ALLOWED_HOSTS: ['notes'] }, {
    log,
    environment: {},
  } as unknown as ServiceProviders);
  await app.listen(0, '127.0.0.1');
  port = Number(new URL(await app.getUrl()).port);
});
afterAll(() => app.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: any;
}

/** Writes bytes to a new connection and reads the response until it ends. */
const exchange = (...parts: readonly (string | Buffer)[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const read: Buffer[] = [];
    socket.setTimeout(3_000, () => socket.destroy(new Error('no end of the answer within 3 s')));
    socket.on('data', (chunk) => read.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(read).toString('latin1')));
    for (const part of parts) socket.write(part);
  });

function answerIn(text: string): Answer {
  const [head = '', ...body] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.replace(/^[^:]+: */, '')]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: body[0] ? JSON.parse(body[0]) : undefined };
}

const HEAD = 'host: notes\r\nconnection: close\r\n';
const request = async (line: string, headers = '', body: string | Buffer = '') =>
  answerIn(
    await exchange(`${line} HTTP/1.1\r\n${HEAD}${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n`, body),
  );
const JSON_TYPE = 'content-type: application/json\r\n';

describe('an unreadable request', () => {
  it.each([
    ['a path that is no URL', 'GET /%', '', 400, 'malformed-request'],
    ['a part of a path that is too long', `POST /notes/${'x'.repeat(101)}/end`, '', 414, 'uri-too-long'],
    ['an unknown method', 'FLY /notes', '', 400, 'malformed-request'],
    ['an invalid header', 'GET /notes', 'no header\r\n', 400, 'malformed-request'],
    ['headers of 32 kB', 'GET /notes', `x: ${'x'.repeat(32_768)}\r\n`, 431, 'headers-too-large'],
  ])('is answered with a problem: %s', async (_, line, headers, status, code) => {
    const answer = await request(line, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ type: `urn:quadrille:problem:${code}`, status, requestId: expect.any(String) });
  });
});

describe('a method that a path does not have', () => {
  it.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'GET'])(
    'is 405, and Allow names the offered ones: %s',
    async (method) => {
      const { status, headers, body } = await request(`${method} /notes`);
      expect([status, headers.allow]).toEqual([405, 'POST']);
      expect(body.type).toBe('urn:quadrille:problem:method-not-allowed');
    },
  );

  it('is 405 on a path with a parameter', async () => {
    const { status, headers } = await request('GET /notes/7/end?why=not');
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });

  it('is 404 where no method has the path', async () => {
    expect((await request('PUT /notes/7/begin')).status).toBe(404);
  });
});

describe('a body', () => {
  const sent = (headers: string, body: string | Buffer) => request('POST /notes', headers, body);

  it.each([
    ['in gzip', `${JSON_TYPE}content-encoding: gzip\r\n`, '{"text":"a"}', 415],
    ['in Latin-1', 'content-type: application/json; charset=latin1\r\n', '{"text":"a"}', 415],
    ['in UTF-8, with a charset', 'content-type: application/json; charset="UTF-8"\r\n', '{"text":"a"}', 201],
    ['with bytes that are no UTF-8', JSON_TYPE, Buffer.from('{"text":"\xe4"}', 'latin1'), 400],
    ['with one name twice in an object', JSON_TYPE, '{"text":"a","text":"b"}', 400],
    ['that is empty, although it is required', JSON_TYPE, '', 400],
  ])('%s', async (_, headers, body, status) => {
    const answer = await sent(headers, body);
    expect(answer.status).toBe(status);
    if (status >= 400) expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('may be empty with a JSON type if it is not required', async () => {
    expect(await request('POST /notes/7/end', JSON_TYPE)).toMatchObject({ status: 202, body: { id: '7', note: null } });
    const chunked = `POST /notes/7/end HTTP/1.1\r\n${HEAD}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect((await exchange(chunked)).slice(0, 12)).toBe('HTTP/1.1 202');
  });

  it('that is too large is rejected before 100 Continue', async () => {
    const head = `POST /notes HTTP/1.1\r\n${HEAD}${JSON_TYPE}expect: 100-continue\r\n`;
    const text = await exchange(`${head}content-length: 50000000\r\n\r\n`);
    expect(answerIn(text)).toMatchObject({ status: 413, body: { type: 'urn:quadrille:problem:body-too-large' } });
    const small = '{"text":"a"}';
    expect(await exchange(`${head}content-length: ${small.length}\r\n\r\n`, small)).toMatch(/100 Continue.* 201 /s);
  });

  it('that arrives too slowly is rejected within a second after its timeout', async () => {
    const server = app.getHttpServer();
    const { requestTimeout, headersTimeout } = server;
    expect([requestTimeout, headersTimeout]).toEqual([30_000, 30_000]);
    Object.assign(server, { requestTimeout: 300, headersTimeout: 300 });
    try {
      const text = await exchange(
        `POST /notes HTTP/1.1\r\n${HEAD}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`,
      );
      expect(answerIn(text)).toMatchObject({ status: 408, body: { type: 'urn:quadrille:problem:request-timeout' } });
    } finally {
      Object.assign(server, { requestTimeout, headersTimeout });
    }
  });
});

describe('the log', () => {
  it('has no line for callers that disconnect during their request: that is no outage of the database', async () => {
    const before = logged.length;
    for (let caller = 0; caller < 20; caller++) {
      const heads = once(app.getHttpServer(), 'request');
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /notes HTTP/1.1\r\nhost: notes\r\n${JSON_TYPE}content-length: 100\r\n\r\n{`);
      await heads;
      socket.destroy();
    }
    await untilNoConnection();
    expect(logged.slice(before)).toEqual([]);
  });

  it('has one line without a stack per outage of the database, for any number of failed requests', async () => {
    const before = logged.length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => request('GET /notes/away')));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(503));
    expect(logged.slice(before)).toEqual([
      expect.objectContaining({
        msg: 'requests are rejected',
        problem: 'urn:quadrille:problem:database-unavailable',
        cause: 'timeout exceeded when trying to connect',
      }),
    ]);
    expect(JSON.stringify(logged.slice(before))).not.toContain('    at ');
  });
});

async function untilNoConnection(): Promise<void> {
  const server = app.getHttpServer();
  const connections = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  for (let left = 100; (await connections()) > 0; left--) {
    if (left === 0) throw new Error('A connection is still open after a second.');
    await new Promise((next) => setTimeout(next, 10));
  }
}
