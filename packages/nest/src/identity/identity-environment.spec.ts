import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../environment.js';

const read = (given: NodeJS.ProcessEnv) =>
  readEnvironment({}, { DATABASE_URL: 'postgres://a@b/c', KAFKA_BROKERS: 'a:1', ...given });
const ISSUER = { AUTH_ISSUER: 'https://login.example/realms/shop', AUTH_AUDIENCE: 'shop' };

describe('the configuration of identity', () => {
  it('may be absent if only this machine reaches the service', () => {
    for (const HOST of ['', '127.0.0.1', '127.1.2.3', '::1', 'localhost']) expect(read({ HOST }).AUTH).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'order', '127.evil.test'])(
    'is required if other machines reach the service: %s',
    (HOST) => {
      expect(() => read({ HOST })).toThrow(
        `HOST is ${HOST}, so other machines reach this service without authentication: set AUTH_ISSUER and AUTH_AUDIENCE, or set AUTH=none.`,
      );
      expect(read({ HOST, AUTH: 'none' }).AUTH).toBe('none');
      expect(read({ HOST, ...ISSUER }).AUTH_ISSUER).toBe('https://login.example/realms/shop');
    },
  );

  it('is required if other machines reach the listener of operators', () => {
    const admin = { ADMIN_HOST: '0.0.0.0' };
    expect(read(admin).ADMIN_PORT).toBeUndefined();
    expect(() => read({ ...admin, ADMIN_PORT: '4001' })).toThrow(/^ADMIN_HOST is 0\.0\.0\.0, so other machines reach/);
    expect(read({ ...admin, ADMIN_PORT: '4001', AUTH: 'none' }).ADMIN_PORT).toBe(4001);
    expect(() => read({ ADMIN_PORT: '70000' })).toThrow(
      'ADMIN_PORT is "70000"; expected a whole number from 0 to 65535.',
    );
  });

  it('requires https, except on this machine and for PLAIN_HTTP_HOSTS', () => {
    const keys =
      (url: string, more = {}) =>
      () =>
        read({ ...ISSUER, AUTH_JWKS_URL: url, ...more });
    expect(() => read({ ...ISSUER, AUTH_ISSUER: 'http://login.example' })).toThrow(
      'AUTH_ISSUER leads over plain HTTP to login.example, where keys and tokens can be read and replaced on the way. Use https, or name login.example in PLAIN_HTTP_HOSTS.',
    );
    expect(keys('http://127.evil.test/keys')).toThrow(/^AUTH_JWKS_URL leads over plain HTTP to 127\.evil\.test,/);
    expect(keys('http://keycloak:8080/keys', { PLAIN_HTTP_HOSTS: 'login' })).toThrow(/^AUTH_JWKS_URL leads over/);
    expect(keys('http://keycloak:8080/keys', { PLAIN_HTTP_HOSTS: 'login, Keycloak' })).not.toThrow();
    for (const host of ['localhost', 'login.localhost', '127.0.0.1', '[::1]']) {
      expect(keys(`http://${host}:3007/keys`)).not.toThrow();
    }
  });

  it('names one issuer, or none', () => {
    expect(() => read({ ...ISSUER, AUTH: 'none' })).toThrow('AUTH=none contradicts AUTH_ISSUER: unset one of them.');
    expect(() => read({ AUTH: 'basic' })).toThrow(
      'AUTH is "basic"; expected none, or nothing where AUTH_ISSUER is set.',
    );
    expect(() => read({ AUTH_ISSUER: ISSUER.AUTH_ISSUER })).toThrow(
      /^AUTH_AUDIENCE is missing; expected the audience of the tokens/,
    );
    expect(() => read({ AUTH_AUDIENCE: 'shop' })).toThrow(/^AUTH_ISSUER is missing; expected the issuer of the tokens/);
    expect(() => read({ AUTH_ISSUER: 'login.example', AUTH_AUDIENCE: 'shop' })).toThrow(
      'AUTH_ISSUER is "login.example"; expected an address such as https://login.example/realms/shop.',
    );
  });
});
