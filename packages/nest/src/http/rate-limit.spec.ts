import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import { readEnvironment } from '../environment.js';
import { Customer, Public } from '../identity/access.js';
import { TestIssuer } from '../identity/issuer.fixture.js';
import { createVerifier } from '../identity/token-verifier.js';
import type { ServiceProviders } from '../service-module.js';
import { makeApplication } from './application.js';
import { httpSettings } from './http-settings.fixture.js';

@Controller()
class Shop {
  @Public()
  @Get('catalogue')
  catalogue() {
    return [];
  }

  @Customer()
  @Get('mine')
  mine() {
    return [];
  }
}

const definition = { steps: { service: 'shop', steps: [] }, controllers: [Shop] } as unknown as ServiceDefinition<
  any,
  any
>;
const log = pino({ level: 'silent' });
let app: NestFastifyApplication;
afterEach(() => app.close());

/** A service with a limit of three requests per minute and caller. */
async function open(proxies: string[] = [], issuer?: TestIssuer) {
  const settings = { ...httpSettings, RATE_LIMIT_PER_MINUTE: 3, TRUSTED_PROXIES: proxies };
  const env = issuer && { AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: issuer.audience };
  const given = { log, environment: {} } as unknown as ServiceProviders;
  app = await makeApplication(definition, settings, given, {
    verifier: env && createVerifier(env, log),
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const request = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
  const times = async (many: number, path: string, headers: Record<string, string> = {}) => {
    const statuses: number[] = [];
    for (let n = 0; n < many; n++) statuses.push((await request(path, headers)).status);
    return statuses;
  };
  return { request, times };
}

describe('a caller with too many requests', () => {
  it('receives a problem and the time of the next attempt', async () => {
    const { request, times } = await open();
    expect(await times(3, '/catalogue')).toEqual([200, 200, 200]);
    for (const path of ['/catalogue', '/nothing', '/openapi.json']) {
      const answer = await request(path);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
      expect(await answer.json()).toMatchObject({
        type: 'urn:quadrille:problem:too-many-requests',
        title: 'Too Many Requests',
        detail: 'You sent more than 3 requests within a minute.',
      });
    }
  });

  it('is identified by address, which only a trusted proxy may report', async () => {
    const one = { 'x-forwarded-for': '203.0.113.1' };
    const behind = await open(['127.0.0.0/8']);
    expect(await behind.times(4, '/catalogue', one)).toEqual([200, 200, 200, 429]);
    expect(await behind.times(1, '/catalogue', { 'x-forwarded-for': '203.0.113.2' })).toEqual([200]);
    const home = (host: string) => ({ 'x-forwarded-for': `2001:db8:1:2::${host}` });
    for (const host of ['1', '2', '3']) expect((await behind.request('/catalogue', home(host))).status).toBe(200);
    expect((await behind.request('/catalogue', home('4'))).status).toBe(429);
    await app.close();
    const open_ = await open();
    expect(await open_.times(3, '/catalogue', one)).toEqual([200, 200, 200]);
    expect(await open_.times(1, '/catalogue', { 'x-forwarded-for': '203.0.113.2' })).toEqual([429]);
  });

  it('is identified by the subject of a valid token, and by address with an invalid one', async () => {
    const issuer = new TestIssuer();
    await issuer.start();
    const { times } = await open([], issuer);
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const ada = [await issuer.token('ada'), await issuer.token('ada', { jti: '2' })];
    expect(await times(2, '/mine', bearer(ada[0]!))).toEqual([200, 200]);
    expect(await times(2, '/mine', bearer(ada[1]!))).toEqual([200, 429]);
    expect(await times(1, '/mine', bearer(await issuer.token('ben')))).toEqual([200]);
    expect(await times(4, '/mine', bearer('x'))).toEqual([401, 401, 401, 429]);
    await issuer.stop();
  });
});

describe('the configuration of rate limits', () => {
  const read = (given: NodeJS.ProcessEnv) =>
    readEnvironment({}, { DATABASE_URL: 'postgres://a@b/c', KAFKA_BROKERS: 'a:1', ...given });

  it('has a rate, and proxies by address or network', () => {
    const env = read({ RATE_LIMIT_PER_MINUTE: '60', TRUSTED_PROXIES: '10.0.0.7, fd00::/8' });
    expect([env.RATE_LIMIT_PER_MINUTE, env.TRUSTED_PROXIES]).toEqual([60, ['10.0.0.7', 'fd00::/8']]);
  });

  it.each(['nginx', '10.0.0.0/33', '::/129', '10.0.0.0/x'])('rejects as a proxy: %s', (TRUSTED_PROXIES) => {
    expect(() => read({ TRUSTED_PROXIES })).toThrow(
      `TRUSTED_PROXIES is ${JSON.stringify(TRUSTED_PROXIES)}; expected addresses or networks with commas between, as in 10.0.0.7,fd00::/8.`,
    );
  });

  it.each(['0', '-1', '1e3', '1000000001'])('rejects as a rate: %s', (RATE_LIMIT_PER_MINUTE) => {
    expect(() => read({ RATE_LIMIT_PER_MINUTE })).toThrow(/expected a whole number from 1 to 1000000000/);
  });
});
