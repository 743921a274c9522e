import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import type { ServiceDefinition } from '../definition.js';
import { makeApplication } from '../http/application.js';
import { httpSettings } from '../http/http-settings.fixture.js';
import type { ServiceProviders } from '../service-module.js';
import { Customer, OPERATOR_SCOPE, Operator, Public } from './access.js';
import { TestIssuer } from './issuer.fixture.js';
import { CurrentPrincipal, inTheNameOf, mayActFor, type Principal } from './principal.js';
import { createVerifier } from './token-verifier.js';

// Key generation and signatures take seconds under load.
jest.setTimeout(30_000);

const ADA = '0000ada0-0000-4000-8000-000000000000';
/** Of fetching keys: {@link remoteKeys}. */
const COOLDOWN_MS = 1_000;

@Controller()
class Doors {
  @Public()
  @Get('catalogue')
  catalogue(@CurrentPrincipal() principal: Principal) {
    return { principal, ada: mayActFor(principal, ADA), guest: mayActFor(principal, null) };
  }

  @Customer()
  @Get('mine')
  mine(@CurrentPrincipal() principal: Principal) {
    return { principal, ada: mayActFor(principal, ADA), guest: mayActFor(principal, null) };
  }

  @Operator()
  @Get('decisions')
  letters(@CurrentPrincipal() principal: Principal) {
    return inTheNameOf(principal, { by: 'somebody', reason: 'r' });
  }

  @Get('forgotten')
  purge() {
    return {};
  }
}

const definition = { steps: { service: 'doors', steps: [] }, controllers: [Doors] } as unknown as ServiceDefinition<
  any,
  any
>;
const logged: any[] = [];
const opened: NestFastifyApplication[] = [];

/** A service that authenticates callers; with `undefined`: one that does not. */
async function open(issuer: TestIssuer | undefined, jwksUrl?: string) {
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const env = issuer && { AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: issuer.audience, AUTH_JWKS_URL: jwksUrl };
  const given = { log, environment: {} } as unknown as ServiceProviders;
  const app = await makeApplication(definition, httpSettings, given, {
    verifier: env && createVerifier(env, log),
  });
  opened.push(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return async (path: string, token?: string, scheme = 'Bearer') => {
    const answer = await fetch(
      `${url}${path}`,
      token === undefined ? {} : { headers: { authorization: `${scheme} ${token}` } },
    );
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
  };
}

const issuer = new TestIssuer();
let request: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  await issuer.start();
  request = await open(issuer);
});
afterAll(async () => {
  for (const app of opened) await app.close();
  await issuer.stop();
});

describe('a service without authentication', () => {
  it('allows every caller everything, with any token', async () => {
    const anyone = await open(undefined);
    for (const path of ['/catalogue', '/mine']) {
      expect((await anyone(path, 'nonsense')).body).toEqual({ principal: {}, ada: true, guest: true });
    }
    expect((await anyone('/decisions')).body.by).toBe('somebody');
    expect((await anyone('/forgotten')).status).toBe(200);
  });
});

describe('a route', () => {
  it('for the public needs no token, ignores any, and returns no data of customers', async () => {
    for (const token of [undefined, 'nonsense', await issuer.token(ADA)]) {
      const { status, body } = await request('/catalogue', token);
      expect([status, body.ada, body.guest]).toEqual([200, false, false]);
    }
  });

  it('for customers returns only data of the caller', async () => {
    const mine = await request('/mine', await issuer.token(ADA.toUpperCase()));
    expect(mine.body).toEqual({ principal: { subject: ADA.toUpperCase(), customerId: ADA }, ada: true, guest: false });
    const other = (await request('/mine', await issuer.token('auth0|64f0'))).body;
    expect(other.principal.customerId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect([other.ada, other.guest]).toEqual([false, false]);
  });

  it('for customers returns the data of all customers to operators', async () => {
    const { body } = await request('/mine', await issuer.token('olga', { scope: `openid ${OPERATOR_SCOPE}` }));
    expect(body).toEqual({ principal: { subject: 'olga' }, ada: true, guest: true });
  });

  it('for operators needs their scope, and identifies them by the token', async () => {
    expect((await request('/decisions', await issuer.token('olga', { scope: OPERATOR_SCOPE }))).body.by).toBe('olga');
    for (const scope of [undefined, 'openid', `${OPERATOR_SCOPE}s`, [OPERATOR_SCOPE]]) {
      const { status, headers, body } = await request('/decisions', await issuer.token('ada', { scope }));
      expect([status, body.type]).toEqual([403, 'urn:quadrille:problem:operators-only']);
      expect(headers.get('www-authenticate')).toContain(`error="insufficient_scope"`);
    }
  });

  it('without a declared access is for operators', async () => {
    expect((await request('/forgotten', await issuer.token(ADA))).status).toBe(403);
    expect((await request('/forgotten', await issuer.token('olga', { scope: OPERATOR_SCOPE }))).status).toBe(200);
  });

  it('that does not exist is unknown to every caller', async () => {
    expect((await request('/nothing')).status).toBe(404);
  });

  it('that requires a token rejects a request without one', async () => {
    const missing = await request('/mine');
    expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(missing.body).toMatchObject({
      type: 'urn:quadrille:problem:token-missing',
      detail: 'The request has no token: send Authorization: Bearer <token>.',
    });
    expect(missing.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await request('/mine', 'YTpi', 'Basic')).status).toBe(401);
  });
});

describe('a token', () => {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = () => ({ iss: issuer.url, aud: issuer.audience, sub: ADA, exp: now + 60 });
  const foreign = new TestIssuer();
  afterAll(() => foreign.stop());

  it.each<[string, string, () => Promise<string> | string]>([
    ['has expired', 'The token has expired. Sign in again.', () => issuer.token(ADA, { exp: now - 10 })],
    ['is not valid yet', 'The token is not valid yet.', () => issuer.token(ADA, { nbf: now + 60 })],
    ['is issued in the future', 'The token is not valid yet.', () => issuer.token(ADA, { iat: now + 60 })],
    [
      'has another audience',
      'The token is not meant for https://shop.example/api.',
      () => issuer.token(ADA, { aud: 'x' }),
    ],
    [
      'has no audience',
      'The token is not meant for https://shop.example/api.',
      () => issuer.token(ADA, { aud: undefined }),
    ],
    ['never ends', 'The token has no claim exp that can be used.', () => issuer.token(ADA, { exp: undefined })],
    ['has no subject', 'The token has no claim sub that can be used.', () => issuer.token('', { sub: undefined })],
    ['is no token', 'The token cannot be read as a signed JWT.', () => 'nonsense'],
    [
      'is not signed',
      'The token is not signed in a way that counts here.',
      () => `${part({ alg: 'none' })}.${part(claims())}.`,
    ],
    [
      'is signed with the public key as a shared secret',
      'The token is not signed in a way that counts here.',
      async () => {
        const { keys } = (await (await fetch(`${issuer.url}/keys`)).json()) as any;
        const signed = `${part({ alg: 'HS256', kid: 'key-1' })}.${part(claims())}`;
        return `${signed}.${createHmac('sha256', JSON.stringify(keys[0])).update(signed).digest('base64url')}`;
      },
    ],
    [
      'was changed after it was signed',
      '',
      async () => {
        const [header, , signature] = (await issuer.token(ADA)).split('.');
        return `${header}.${part({ ...claims(), sub: 'eve' })}.${signature}`;
      },
    ],
    [
      'is of another issuer under the same name',
      '',
      async () => {
        await foreign.start();
        return foreign.token(ADA, { iss: issuer.url });
      },
    ],
    ['names another issuer', '', () => issuer.token(ADA, { iss: 'https://evil.test' })],
  ])('that %s is refused', async (_, detail, make) => {
    const words = detail || /^The token is not (signed by|of the issuer) http:\/\/127\.0\.0\.1:\d+\.$/;
    const { status, headers, body } = await request('/mine', await make());
    expect([status, body.type]).toEqual([401, 'urn:quadrille:problem:invalid-token']);
    if (typeof words === 'string') expect(body.detail).toBe(words);
    else expect(body.detail).toMatch(words);
    expect(headers.get('www-authenticate')).toBe(`Bearer error="invalid_token", error_description="${body.detail}"`);
  });

  it('of each usual kind of key is accepted', async () => {
    for (const alg of ['PS256', 'ES256', 'EdDSA']) {
      const another = new TestIssuer();
      await another.start();
      await another.rotate(alg);
      expect((await (await open(another))('/mine', await another.token(ADA))).status).toBe(200);
      await another.stop();
    }
  });
});

describe('the keys of an issuer', () => {
  it('stay valid while it cannot be reached, and requests fail with 503 without any', async () => {
    const away = new TestIssuer();
    await away.start();
    const token = await away.token(ADA);
    const later = await away.token('0000be00-0000-4000-8000-000000000000');
    const [warm, cold] = [await open(away), await open(away)];
    expect((await warm('/mine', token)).status).toBe(200);
    await away.stop();
    expect((await warm('/mine', later)).status).toBe(200);
    const { status, headers, body } = await cold('/mine', later);
    expect([status, body.type]).toEqual([503, 'urn:quadrille:problem:identity-unavailable']);
    expect(headers.get('retry-after')).toBe('5');
    expect(
      logged.some(({ msg, cause }) => /keys of the issuer/.test(msg) && /ECONNREFUSED|fetch failed/.test(cause)),
    ).toBe(true);
    await away.start();
    expect((await cold('/mine', later)).status).toBe(200);
    await away.stop();
  });

  it('may have another URL than in its metadata, and must be of the configured issuer', async () => {
    const odd = new TestIssuer();
    await odd.start();
    odd.claims = 'https://login.example/';
    expect((await (await open(odd))('/mine', await odd.token(ADA))).status).toBe(503);
    expect(
      logged.some(({ cause }) =>
        /is of the issuer "https:\/\/login\.example\/". Set AUTH_ISSUER to exactly that\./.test(cause),
      ),
    ).toBe(true);
    expect((await (await open(odd, `${odd.url}/keys`))('/mine', await odd.token(ADA))).status).toBe(200);
    await odd.stop();
  });

  it('are not fetched over plain HTTP from another machine, even if the metadata name it', async () => {
    const careless = new TestIssuer();
    await careless.start();
    careless.keysAt = 'http://login.example/keys';
    expect((await (await open(careless))('/mine', await careless.token(ADA))).status).toBe(503);
    expect(logged.some(({ cause }) => /^jwks_uri of .* leads over plain HTTP to login\.example,/.test(cause))).toBe(
      true,
    );
    await careless.stop();
  });

  it('change under load without a rejected request, and unknown ones do not cause a fetch each', async () => {
    const turning = new TestIssuer();
    await turning.start();
    const turned = await open(turning);
    const all = async (many: number) => {
      const tokens = await Promise.all(Array.from({ length: many }, (_, n) => turning.token(`customer ${n}`)));
      return new Set(await Promise.all(tokens.map(async (token) => (await turned('/mine', token)).status)));
    };
    expect(await all(50)).toEqual(new Set([200]));
    expect(turning.requests).toBe(1);
    const rotatedAt = Date.now();
    await turning.rotate('ES256');
    while (Date.now() < rotatedAt + COOLDOWN_MS + 50) expect((await turned('/catalogue')).status).toBe(200);
    expect(await all(50)).toEqual(new Set([200]));
    const stranger = new TestIssuer();
    await stranger.start();
    await stranger.rotate();
    await stranger.rotate();
    const forged = await Promise.all(Array.from({ length: 50 }, () => stranger.token(ADA, { iss: turning.url })));
    for (const token of forged) expect((await turned('/mine', token)).status).toBe(401);
    const cooldowns = Math.ceil((Date.now() - rotatedAt) / COOLDOWN_MS);
    expect(turning.requests).toBeLessThanOrEqual(1 + cooldowns);
    await turning.stop();
    await stranger.stop();
  });
});
