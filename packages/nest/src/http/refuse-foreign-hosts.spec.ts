import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpCode, Put } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { pino } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import { readEnvironment } from '../environment.js';
import type { ServiceProviders } from '../service-module.js';
import { makeApplication } from './application.js';
import { isHostOf } from './hosts.js';
import { httpSettings } from './http-settings.fixture.js';

let stopped = 0;

@Controller('faults')
class Faults {
  @Get()
  show() {
    return { stopped };
  }

  @Put()
  @HttpCode(202)
  stop() {
    stopped++;
    return {};
  }
}

const definition = { steps: { service: 'stage', steps: [] }, controllers: [Faults] } as unknown as ServiceDefinition<
  any,
  any
>;
let app: NestFastifyApplication;
let port: number;

beforeAll(async () => {
  const settings = { ...httpSettings, ALLOWED_HOSTS: ['stage', 'shop.example'] };
  const given = { log: pino({ level: 'silent' }), environment: {} } as unknown as ServiceProviders;
  app = await makeApplication(definition, settings, given);
  await app.listen(0, '127.0.0.1');
  port = Number(new URL(await app.getUrl()).port);
});
afterAll(() => app.close());

const send = (method: string, headers: Record<string, string>): Promise<{ status: number; body: any }> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: '/faults', headers }, async (answer) => {
      const body = Buffer.concat(await answer.toArray()).toString();
      resolve({ status: answer.statusCode!, body: JSON.parse(body) });
    });
    sent.on('error', reject).end();
  });

describe('the host name of a request', () => {
  it('is rejected if it is not allowed, such as a foreign name that resolves to this machine', async () => {
    const headers = { host: `evil.test:${port}`, origin: `http://evil.test:${port}` };
    for (const method of ['PUT', 'GET']) {
      const { status, body } = await send(method, headers);
      expect(status).toBe(421);
      expect(body).toMatchObject({
        type: 'urn:quadrille:problem:unknown-host',
        title: 'Misdirected Request',
        detail: `This service does not answer for "evil.test:${port}". Its operator allows names by ALLOWED_HOSTS.`,
      });
    }
    expect(stopped).toBe(0);
  });

  it.each([
    '127.0.0.1',
    '127.0.0.1:3000',
    '10.1.2.3:80',
    '[::1]:3000',
    'localhost:1',
    'LOCALHOST',
    'stage:3001',
    'Shop.Example',
  ])('may be %s', async (host) => {
    expect((await send('GET', { host })).status).toBe(200);
  });

  it.each([
    'stage.evil.test',
    'evil.test',
    'notlocalhost',
    '127.0.0.1.evil.test',
    '[evil.test]',
    '::1',
    'a@127.0.0.1',
    '0x7f000001',
    '127.1',
  ])('may not be %j', async (host) => {
    expect((await send('GET', { host })).status).toBe(421);
  });

  it('is matched as a whole: any text around an allowed name is rejected', () => {
    const around = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(around, fc.constantFrom('', ':80'), (text, end) => {
        // Every browser resolves a name under localhost to this machine.
        if (!text.endsWith('.')) expect(isHostOf(`${text}localhost${end}`, ['stage'])).toBe(false);
        expect(isHostOf(`${text}stage${end}`, ['stage'])).toBe(false);
        if (!/^:\d*$/.test(text)) expect(isHostOf(`stage${text}`, ['stage'])).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the origin of a change', () => {
  it.each(['http://evil.test', 'null', 'http://127.0.0.1', 'https://shop.example:8443', 'nonsense'])(
    'must be the host of the request: %s',
    async (origin) => {
      const before = stopped;
      const { status, body } = await send('PUT', { host: 'shop.example', origin });
      expect([status, body.type]).toEqual([403, 'urn:quadrille:problem:foreign-origin']);
      expect(stopped).toBe(before);
    },
  );

  it('may be a page of this host, or absent', async () => {
    expect((await send('PUT', { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` })).status).toBe(202);
    expect((await send('PUT', { host: 'Shop.example', origin: 'https://shop.example' })).status).toBe(202);
    expect((await send('PUT', {})).status).toBe(202);
  });

  it('is not checked for requests that change nothing', async () => {
    expect((await send('GET', { origin: 'http://evil.test' })).status).toBe(200);
  });
});

describe('ALLOWED_HOSTS', () => {
  const read = (ALLOWED_HOSTS: string) =>
    readEnvironment({}, { DATABASE_URL: 'postgres://a@b/c', KAFKA_BROKERS: 'a:1', ALLOWED_HOSTS }).ALLOWED_HOSTS;

  it('is a list of names', () => {
    expect([read(''), read(' Order, shop.example,')]).toEqual([[], ['order', 'shop.example']]);
  });

  it.each(['http://order', 'order:3001', '*.example', 'a b', '-a'])('is refused as %j', (text) => {
    expect(() => read(text)).toThrow(
      `ALLOWED_HOSTS is ${JSON.stringify(text)}; expected names of hosts with commas between, without ports, as in order,shop.example.`,
    );
  });
});
