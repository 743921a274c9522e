import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { readEnvironment } from './environment.js';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.js';

const ADA = '0000ada0-0000-4000-8000-000000000000';
const CALLBACK = 'http://127.0.0.1:3000/sign-in/callback';
const ISSUER = 'http://login.localhost:3007';
const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

let folder: string;
let provider: IdentityProvider;
const start = () =>
  startIdentityProvider(readEnvironment({ PORT: '0', AUTH_ISSUER: ISSUER, IDENTITY_PROVIDER_DATA_DIR: folder }));
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'identity-provider-'));
  provider = await start();
});
afterAll(async () => {
  await provider?.stop();
  rmSync(folder, { recursive: true });
});

/** Parameters that differ from the usual request. */
type Changes = Readonly<Record<string, string | undefined>>;

const request = (changes: Changes = {}) =>
  new URLSearchParams({
    ...{ client_id: 'storefront', redirect_uri: CALLBACK, response_type: 'code', scope: 'openid quadrille:operate' },
    ...{
      code_challenge: challenge,
      code_challenge_method: 'S256',
      state: 's & t',
      nonce: 'n',
      ...(changes as Record<string, string>),
    },
  });
const authorize = async (changes?: Changes) => {
  const answer = await fetch(`${provider.url}/authorize?${request(changes)}`, { redirect: 'manual' });
  const location = answer.headers.get('location');
  return { status: answer.status, back: location ? new URL(location) : undefined, text: await answer.text() };
};
const codeOf = async (person: string) => (await authorize({ person })).back!.searchParams.get('code')!;
const redeem = async (code: string, changes: Changes = {}) => {
  const form = { grant_type: 'authorization_code', client_id: 'storefront', redirect_uri: CALLBACK, code };
  const answer = await fetch(`${provider.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, code_verifier: verifier, ...(changes as Record<string, string>) }),
  });
  return { status: answer.status, body: (await answer.json()) as any };
};
const keys = () => createRemoteJWKSet(new URL(`${provider.url}/jwks`));

describe('the identity provider', () => {
  it('lists the persons to choose, and escapes the request in the page', async () => {
    const { status, text } = await authorize({ state: '"><script>alert(1)</script>' });
    expect([status, text.match(/<a /g)]).toEqual([200, Array(4).fill('<a ')]);
    expect(text).not.toContain('<script');
  });

  it('gives the tokens of the chosen person for a code', async () => {
    const { back } = await authorize({ person: 'ada' });
    expect([back!.origin + back!.pathname, back!.searchParams.get('state')]).toEqual([CALLBACK, 's & t']);
    expect(back!.searchParams.get('iss')).toBe(ISSUER);
    const { status, body } = await redeem(back!.searchParams.get('code')!);
    expect([status, body.token_type, body.scope]).toEqual([200, 'Bearer', 'openid']);
    const access = await jwtVerify(body.access_token, keys(), { issuer: ISSUER, audience: 'quadrille', typ: 'at+jwt' });
    expect(access.payload).toMatchObject({ sub: ADA, scope: 'openid', client_id: 'storefront' });
    const id = await jwtVerify(body.id_token, keys(), { issuer: ISSUER, audience: 'storefront' });
    expect(id.payload).toMatchObject({ sub: ADA, name: 'Ada Lovelace', nonce: 'n' });
  });

  it('grants the scope of operators only to the operator, and only if it is requested', async () => {
    const scopeOf = async (person: string, scope: string) => {
      const code = (await authorize({ person, scope })).back!.searchParams.get('code')!;
      return (await redeem(code)).body.scope;
    };
    expect(await scopeOf('operator', 'openid quadrille:operate')).toBe('openid quadrille:operate');
    expect(await scopeOf('operator', 'openid')).toBe('openid');
    expect(await scopeOf('bob', 'openid quadrille:operate profile')).toBe('openid profile');
  });

  it('accepts a code once, from the client of the request, with its proof', async () => {
    const code = await codeOf('ada');
    expect((await redeem(code)).status).toBe(200);
    expect(await redeem(code)).toEqual({ status: 400, body: { error: 'invalid_grant' } });
    for (const wrong of [
      { code_verifier: 'x' },
      { redirect_uri: `${CALLBACK}/x` },
      { client_id: 'x' },
      { code: 'x' },
    ]) {
      expect((await redeem(await codeOf('ada'), wrong)).body.error).toBe('invalid_grant');
    }
    expect((await redeem('x', { grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
  });

  it('renews tokens once for each refresh token, with the same scopes, for the same client', async () => {
    const { body: first } = await redeem(await codeOf('operator'));
    const renew = (refresh_token: string, changes: Changes = {}) =>
      redeem('', { grant_type: 'refresh_token', refresh_token, ...changes });
    expect((await renew(first.refresh_token, { client_id: 'x' })).body.error).toBe('invalid_grant');
    const { status, body } = await renew(first.refresh_token);
    expect([status, body.scope, body.id_token]).toEqual([200, 'openid quadrille:operate', undefined]);
    expect((await jwtVerify(body.access_token, keys())).payload.sub).toBe('olga');
    expect((await renew(first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await renew(body.refresh_token)).status).toBe(200);
  });

  it('reports to a client that excludes a question that one is necessary', async () => {
    expect((await authorize({ prompt: 'none' })).back!.searchParams.get('error')).toBe('login_required');
    expect((await authorize({ prompt: 'login' })).text).toContain('Ada Lovelace');
  });

  it.each([
    [{ redirect_uri: 'https://evil.example/' }, 'redirect_uri'],
    [{ redirect_uri: 'http://127.evil.test/' }, 'redirect_uri'],
    [{ redirect_uri: 'javascript:alert(1)' }, 'redirect_uri'],
    [{ client_id: 'evil' }, 'client_id'],
  ])('redirects only to its client on this machine: %j', async (wrong, parameter) => {
    const { status, back, text } = await authorize({ person: 'ada', ...wrong });
    expect([status, back]).toEqual([400, undefined]);
    expect(JSON.parse(text).error_description).toMatch(new RegExp(`^${parameter} cannot be used`));
  });

  it.each([
    { code_challenge_method: 'plain' },
    { code_challenge: 'short' },
    { response_type: 'token' },
    { scope: 'profile' },
  ])('reports the invalid parameter to the client: %j', async (wrong) => {
    const { back } = await authorize({ person: 'ada', ...wrong });
    expect(back!.searchParams.get('error')).toBe('invalid_request');
    expect(back!.searchParams.get('error_description')).toBe(`${Object.keys(wrong)[0]} cannot be used.`);
    expect(back!.searchParams.get('code')).toBeNull();
  });

  it('gives commands a token, and rejects pages of another origin', async () => {
    const authorize = (person: string, headers = {}) =>
      fetch(`${provider.url}/people/tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ person }),
      });
    const { access_token } = (await (await authorize('operator')).json()) as any;
    expect((await jwtVerify(access_token, keys())).payload.scope).toBe('openid quadrille:operate');
    expect((await authorize('nobody')).status).toBe(400);
    expect((await authorize('operator', { origin: 'http://evil.example' })).status).toBe(403);
  });

  it('signs with the same key after a restart; only the owner can read its file', async () => {
    const before = (await redeem(await codeOf('ada'))).body.access_token;
    await provider.stop();
    provider = await start();
    await jwtVerify(before, keys());
    expect(decodeProtectedHeader((await redeem(await codeOf('ada'))).body.access_token).kid).toBe(
      decodeProtectedHeader(before).kid,
    );
    expect(statSync(join(folder, 'signing-key.json')).mode & 0o777).toBe(0o600);
    expect(Object.keys(((await (await fetch(`${provider.url}/jwks`)).json()) as any).keys[0]).sort()).toEqual([
      'alg',
      'e',
      'kid',
      'kty',
      'n',
      'use',
    ]);
  });

  it('does not start if other machines reach it, unless ALLOW_UNAUTHENTICATED_TOKENS is set', () => {
    expect(() => readEnvironment({ HOST: '0.0.0.0' })).toThrow(
      "HOST is 0.0.0.0, so other machines reach this identity provider, which gives any client an operator's token: unset HOST, or set ALLOW_UNAUTHENTICATED_TOKENS=1.",
    );
    expect(readEnvironment({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED_TOKENS: '1' }).HOST).toBe('0.0.0.0');
    expect(readEnvironment({}).PORT).toBe(3007);
    expect(() => readEnvironment({ PORT: 'many' })).toThrow('PORT is "many"; expected a whole number from 0 to 65535.');
  });
});
