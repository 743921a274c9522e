import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CurrentPrincipal, Customer, type Principal, type ServiceDefinition } from '@quadrille/nest';
import { pino } from 'pino';
import { makeApplication } from '../../../../packages/nest/src/http/application.js';
import { httpSettings } from '../../../../packages/nest/src/http/http-settings.fixture.js';
import { createVerifier } from '../../../../packages/nest/src/identity/token-verifier.js';
import type { ServiceProviders } from '../../../../packages/nest/src/service-module.js';
import { readEnvironment } from '../../../identity-provider/src/environment.js';
import { type IdentityProvider, startIdentityProvider } from '../../../identity-provider/src/identity-provider.js';
import { BrowserSession } from './browser-session.js';
import { SignInController } from './sign-in.controller.js';

const ADA = '0000ada0-0000-4000-8000-000000000000';

@Controller()
class Mine {
  @Customer()
  @Get('mine')
  mine(@CurrentPrincipal() { customerId }: Principal) {
    return { customerId };
  }
}

let folder: string;
let provider: IdentityProvider;
let issuer: string;
const opened: NestFastifyApplication[] = [];
const logged: string[] = [];
/** The cookie jar of a browser. */
let cookies: Map<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sign-in-'));
  // The port is known only after a start, and the provider needs its own address: it is started twice.
  const probe = await startIdentityProvider(providerAt('0'));
  const { port } = new URL(probe.url);
  await probe.stop();
  provider = await startIdentityProvider(providerAt(port));
  issuer = provider.url;
});
afterAll(async () => {
  for (const app of opened) await app.close();
  await provider?.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  cookies = new Map();
  logged.length = 0;
});

const providerAt = (port: string) => readEnvironment({ PORT: port, IDENTITY_PROVIDER_DATA_DIR: folder });

/** Starts a storefront with only the sign-in; returns its address. */
async function open(changes: Record<string, string | undefined> = {}): Promise<string> {
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const usual = { AUTH_ISSUER: issuer, AUTH_AUDIENCE: 'quadrille', AUTH_CLIENT_ID: 'storefront' };
  const environment = { ...usual, AUTH_SCOPE: 'openid profile quadrille:operate', ...changes };
  const verifier = createVerifier(environment, log);
  const definition = {
    steps: { service: 'storefront', steps: [] },
    controllers: [SignInController, Mine],
    providers: [BrowserSession],
    tokenReader: BrowserSession,
  } as unknown as ServiceDefinition<any, any>;
  const given = { log, environment, verifier } as unknown as ServiceProviders;
  const app = await makeApplication(definition, httpSettings, given, { verifier });
  opened.push(app);
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

async function visit(url: string, init: RequestInit = {}) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, {
    redirect: 'manual',
    ...init,
    headers: { ...(cookie && { cookie }), ...init.headers },
  });
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    if (/Max-Age=0/.test(line)) cookies.delete(name!);
    else cookies.set(name!, value!);
  }
  const location = answer.headers.get('location') ?? '';
  return { status: answer.status, location, setCookie: answer.headers.getSetCookie(), text: await answer.text() };
}

/** Signs in as a person; returns the response after the redirect to the storefront. */
async function signIn(shop: string, person: string, to = '/orders?x=1') {
  const { location } = await visit(`${shop}/sign-in?${new URLSearchParams({ to })}`);
  const { location: back } = await visit(`${location}&person=${person}`);
  return visit(back);
}
const sessionOf = async (shop: string) => JSON.parse((await visit(`${shop}/session`)).text);

describe('signing in at the storefront', () => {
  it('returns the user to the page, with a token that scripts cannot read', async () => {
    const shop = await open();
    expect(await sessionOf(shop)).toEqual({
      authenticationRequired: true,
      canSignIn: true,
      person: null,
      expired: false,
    });
    const { status, location, setCookie } = await signIn(shop, 'ada');
    expect([status, location]).toEqual([302, '/orders?x=1']);
    const token = setCookie.find((line) => line.startsWith('quadrille-access-token='))!;
    expect(token).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/);
    expect([...cookies.keys()].sort()).toEqual([
      'quadrille-access-token',
      'quadrille-person',
      'quadrille-refresh-token',
    ]);
    const person = { name: 'Ada Lovelace', customerId: ADA, isOperator: false };
    expect(await sessionOf(shop)).toEqual({ authenticationRequired: true, canSignIn: true, person, expired: false });
    expect(JSON.parse((await visit(`${shop}/mine`)).text)).toEqual({ customerId: ADA });
  });

  it('recognises an operator, and no user after signing out', async () => {
    const shop = await open();
    await signIn(shop, 'operator');
    expect((await sessionOf(shop)).person).toEqual({ name: 'Olga Operator', customerId: null, isOperator: true });
    const headers = { origin: 'http://evil.test' };
    expect((await visit(`${shop}/sign-out`, { method: 'POST', headers })).status).toBe(403);
    expect((await visit(`${shop}/sign-out`, { method: 'POST' })).status).toBe(204);
    expect([(await sessionOf(shop)).person, cookies.size]).toEqual([null, 0]);
    expect((await visit(`${shop}/mine`)).status).toBe(401);
  });

  it.each(['//evil.test', '/\\evil.test', 'https://evil.test', '/ x', ''])(
    'redirects to no other origin: %s',
    async (to) => {
      expect((await signIn(await open(), 'ada', to)).location).toBe('/');
    },
  );

  it('accepts a redirect only in the browser that started, once, with its state', async () => {
    const shop = await open();
    const begin = async () => (await visit(`${(await visit(`${shop}/sign-in`)).location}&person=ada`)).location;
    const back = await begin();
    const theirs = cookies;
    cookies = new Map();
    expect((await visit(back)).location).toBe('/?sign-in-failed=too-late');
    cookies = theirs;
    const other = new URL(back);
    other.searchParams.set('state', 'another');
    expect((await visit(other.href)).location).toBe('/?sign-in-failed=unusable');
    expect((await visit(back)).location).toBe('/?sign-in-failed=too-late');
    expect(cookies.size).toBe(0);
  });

  it('reports that the issuer refused', async () => {
    const shop = await open({ AUTH_SCOPE: 'profile' });
    expect((await signIn(shop, 'ada')).location).toBe('/?sign-in-failed=refused');
  });

  it('reports an unusable token, and logs the reason', async () => {
    const shop = await open({ AUTH_AUDIENCE: 'another-api' });
    expect((await signIn(shop, 'ada')).location).toBe('/?sign-in-failed=unusable');
    expect(logged.join()).toContain('The access token is not valid here: The token is not meant for another-api.');
    expect(cookies.size).toBe(0);
  });

  it('reports an outage of the issuer, and works again afterwards', async () => {
    const shop = await open();
    await provider.stop();
    expect((await visit(`${shop}/sign-in`)).location).toBe('/?sign-in-failed=unavailable');
    provider = await startIdentityProvider(providerAt(new URL(issuer).port));
    expect((await signIn(shop, 'ada')).location).toBe('/orders?x=1');
  });

  it('is 404 if services do not authenticate callers, or the storefront is no client of the issuer', async () => {
    const openShop = await open({ AUTH_ISSUER: undefined });
    expect(await sessionOf(openShop)).toEqual({
      authenticationRequired: false,
      canSignIn: false,
      person: null,
      expired: false,
    });
    const shop = await open({ AUTH_CLIENT_ID: undefined });
    expect(await sessionOf(shop)).toEqual({
      authenticationRequired: true,
      canSignIn: false,
      person: null,
      expired: false,
    });
    expect((await visit(`${shop}/sign-in`)).status).toBe(404);
  });

  it('renews an expired session, also for requests at once and for those with the previous cookies', async () => {
    const shop = await open();
    await signIn(shop, 'ada');
    const before = new Map(cookies);
    // A browser removes the cookie of an expired token.
    cookies.delete('quadrille-access-token');
    const stale = new Map(cookies);
    const both = await Promise.all([visit(`${shop}/mine`), visit(`${shop}/mine`)]);
    expect(both.map(({ status, text }) => [status, JSON.parse(text)])).toEqual(
      Array(2).fill([200, { customerId: ADA }]),
    );
    for (const name of ['quadrille-access-token', 'quadrille-refresh-token']) {
      expect([cookies.has(name), cookies.get(name) === before.get(name)]).toEqual([true, false]);
    }
    expect((await sessionOf(shop)).person.name).toBe('Ada Lovelace');
    cookies = stale;
    expect((await visit(`${shop}/mine`)).status).toBe(200);
    // Another clock than the issuer's, or a cookie without an end.
    const ended = Buffer.from(JSON.stringify({ exp: 1 })).toString('base64url');
    cookies.set('quadrille-access-token', `e30.${ended}.e30`);
    expect((await sessionOf(shop)).person.customerId).toBe(ADA);
  });

  it('is signed out once the issuer no longer renews the session, but not during an outage', async () => {
    const shop = await open();
    await signIn(shop, 'ada');
    cookies.delete('quadrille-access-token');
    await provider.stop();
    const away = await visit(`${shop}/mine`);
    expect([away.status, JSON.parse(away.text).type]).toEqual([503, 'urn:quadrille:problem:identity-unavailable']);
    expect((await visit(`${shop}/session`)).status).toBe(503);
    expect(cookies.has('quadrille-refresh-token')).toBe(true);
    // Its refresh tokens end with the process.
    provider = await startIdentityProvider(providerAt(new URL(issuer).port));
    expect((await visit(`${shop}/mine`)).status).toBe(401);
    expect([...cookies.keys()]).toEqual(['quadrille-person']);
    expect(await sessionOf(shop)).toMatchObject({ person: null, expired: true });
  });

  it('signs in again without a question if the issuer remembers the user, and offers the sign-in otherwise', async () => {
    const shop = await open();
    const silent = `${shop}/sign-in?${new URLSearchParams({ to: '/cart', silent: '1' })}`;
    await signIn(shop, 'ada');
    for (const token of ['access', 'refresh']) cookies.delete(`quadrille-${token}-token`);
    expect(await sessionOf(shop)).toMatchObject({ person: null, expired: true });
    const { location } = await visit(silent);
    expect(new URL(location).searchParams.get('prompt')).toBe('none');
    expect((await visit((await visit(location)).location)).location).toBe('/cart');
    // So a page does not try again.
    expect(await sessionOf(shop)).toMatchObject({ person: null, expired: false });
    // This issuer has no sessions of its own: the parameter stands for one.
    const { location: back } = await visit(`${(await visit(silent)).location}&person=ada`);
    expect((await visit(back)).location).toBe('/cart');
    expect((await sessionOf(shop)).person.customerId).toBe(ADA);
  });

  it('treats an expired token as signed out', async () => {
    const shop = await open();
    cookies.set('quadrille-access-token', 'e30.e30.e30');
    expect((await sessionOf(shop)).person).toBeNull();
    expect((await visit(`${shop}/mine`)).status).toBe(401);
  });
});
