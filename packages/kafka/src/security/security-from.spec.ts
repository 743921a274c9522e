import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority } from '@quadrille/local';
import type { Variables } from './secret.js';
import type { PasswordLogin } from './security.js';
import { securityFrom } from './security-from.js';

const home = mkdtempSync(join(tmpdir(), 'quadrille-security-'));
const BROKERS = ['kafka.example.com:9093'];
const files: Record<string, string> = {};

beforeAll(async () => {
  const authority = await createAuthority();
  const [own, other] = [await authority.sign('order'), await authority.sign('payment')];
  const expired = await authority.sign('order', { until: new Date('2020-02-01T00:00:00Z') });
  const contents = {
    ca: authority.certificate,
    cert: own.certificate,
    key: own.key,
    otherKey: other.key,
    expired: expired.certificate,
    expiredKey: expired.key,
    password: 'from a file\n',
    empty: '\n',
  };
  for (const [name, content] of Object.entries(contents)) {
    files[name] = join(home, name);
    writeFileSync(files[name], content);
  }
});
afterAll(() => rmSync(home, { recursive: true }));

const read = (variables: Variables, brokers: readonly string[] = BROKERS) => securityFrom(variables, brokers);
const TLS = { KAFKA_TLS: '1' };
const SCRAM = { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'order' };
const TOKENS = { KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_TOKEN_URL: 'https://login.example.com/token' };

describe('the security of a cluster', () => {
  it('is undefined without any variable', () => {
    expect(read({ KAFKA_TLS: '0' })).toBeUndefined();
  });

  it('is TLS, with an authority and a certificate of our own', () => {
    expect(read(TLS)).toEqual({ tls: {} });
    const { ca, cert, key } = files;
    expect(
      Object.keys(
        read({ ...TLS, KAFKA_TLS_CA_FILE: ca, KAFKA_TLS_CERT_FILE: cert, KAFKA_TLS_KEY_FILE: key })?.tls ?? {},
      ),
    ).toEqual(['ca', 'cert', 'key']);
  });

  it('is a password, which is read anew at each login where it is in a file', () => {
    const { sasl } = read({ ...SCRAM, KAFKA_SASL_PASSWORD_FILE: files.password })!;
    const { password, ...login } = sasl as PasswordLogin;
    expect(login).toEqual({ mechanism: 'scram-sha-512', username: 'order' });
    expect(password()).toBe('from a file');
    writeFileSync(files.password!, 'rotated');
    expect(password()).toBe('rotated');
    writeFileSync(files.password!, '');
    expect(password()).toBe('rotated');
    rmSync(files.password!);
    expect(password()).toBe('rotated');
    writeFileSync(files.password!, 'back');
    expect(password()).toBe('back');
  });

  it('may be a plain password on this machine, and anywhere with TLS', () => {
    const plain = { ...SCRAM, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 's3cret' };
    expect(read(plain, ['127.0.0.1:9092', '[::1]:9092', 'localhost:9092'])?.sasl?.mechanism).toBe('plain');
    expect(read({ ...plain, ...TLS })?.sasl?.mechanism).toBe('plain');
    expect(() => read(plain, ['localhost:9092', ...BROKERS])).toThrow(
      'KAFKA_SASL_MECHANISM is plain, and without TLS the password would go to kafka.example.com:9093 in the clear. Set KAFKA_TLS=1, or take scram-sha-512.',
    );
  });

  it.each<[string, () => Variables, string]>([
    [
      'files without TLS',
      () => ({ KAFKA_TLS_CA_FILE: files.ca }),
      'KAFKA_TLS_CA_FILE is set, but TLS is off. Set KAFKA_TLS=1',
    ],
    [
      'a key without certificate',
      () => ({ ...TLS, KAFKA_TLS_KEY_FILE: files.key }),
      'KAFKA_TLS_KEY_FILE is set without KAFKA_TLS_CERT_FILE.',
    ],
    [
      'a certificate without key',
      () => ({ ...TLS, KAFKA_TLS_CERT_FILE: files.cert }),
      'KAFKA_TLS_CERT_FILE is set without KAFKA_TLS_KEY_FILE.',
    ],
    [
      'a missing file',
      () => ({ ...TLS, KAFKA_TLS_CA_FILE: '/nowhere' }),
      'KAFKA_TLS_CA_FILE is "/nowhere", which cannot be read (ENOENT).',
    ],
    [
      'a file without a certificate',
      () => ({ ...TLS, KAFKA_TLS_CA_FILE: files.key }),
      'which holds no certificate. Name a PEM file.',
    ],
    [
      'the key of another certificate',
      () => ({ ...TLS, KAFKA_TLS_CERT_FILE: files.cert, KAFKA_TLS_KEY_FILE: files.otherKey }),
      'KAFKA_TLS_KEY_FILE is not the key of the certificate in KAFKA_TLS_CERT_FILE.',
    ],
    [
      'a certificate that has expired',
      () => ({ ...TLS, KAFKA_TLS_CERT_FILE: files.expired, KAFKA_TLS_KEY_FILE: files.expiredKey }),
      'whose certificate expired on Feb  1 00:00:00 2020 GMT. Put a new one there.',
    ],
    [
      'an invalid key',
      () => ({ ...TLS, KAFKA_TLS_CERT_FILE: files.cert, KAFKA_TLS_KEY_FILE: files.ca }),
      'which holds no key that can be used.',
    ],
    [
      'a mechanism without user',
      () => ({ KAFKA_SASL_MECHANISM: 'scram-sha-256' }),
      'KAFKA_SASL_MECHANISM is scram-sha-256, and KAFKA_SASL_USERNAME is missing. Set it.',
    ],
    ['a user without password', () => SCRAM, 'KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE is missing.'],
    [
      'a user without mechanism',
      () => ({ KAFKA_SASL_USERNAME: 'order' }),
      'KAFKA_SASL_USERNAME is set, but there is no KAFKA_SASL_MECHANISM.',
    ],
    [
      'two passwords',
      () => ({ ...SCRAM, KAFKA_SASL_PASSWORD: 'a', KAFKA_SASL_PASSWORD_FILE: files.password }),
      'KAFKA_SASL_PASSWORD and KAFKA_SASL_PASSWORD_FILE are both set. Unset one of them.',
    ],
    [
      'an empty password file',
      () => ({ ...SCRAM, KAFKA_SASL_PASSWORD_FILE: files.empty }),
      'which is empty. Write the secret into it.',
    ],
    [
      'an unknown mechanism',
      () => ({ KAFKA_SASL_MECHANISM: 'gssapi' }),
      'KAFKA_SASL_MECHANISM is "gssapi"; expected one of plain, scram-sha-256, scram-sha-512, oauthbearer.',
    ],
    [
      'tokens for a password',
      () => ({ ...SCRAM, KAFKA_SASL_PASSWORD: 'a', KAFKA_SASL_CLIENT_ID: 'order' }),
      'KAFKA_SASL_CLIENT_ID is set, but KAFKA_SASL_MECHANISM is scram-sha-512.',
    ],
    [
      'a password for tokens',
      () => ({ ...TOKENS, KAFKA_SASL_PASSWORD: 'a' }),
      'KAFKA_SASL_PASSWORD is set, but KAFKA_SASL_MECHANISM is oauthbearer.',
    ],
    [
      'tokens without secret',
      () => ({ ...TOKENS, KAFKA_SASL_CLIENT_ID: 'order' }),
      'KAFKA_SASL_CLIENT_SECRET or KAFKA_SASL_CLIENT_SECRET_FILE is missing.',
    ],
    [
      'tokens from nowhere',
      () => ({ ...TOKENS, KAFKA_SASL_TOKEN_URL: 'login' }),
      'KAFKA_SASL_TOKEN_URL is not usable; expected an address',
    ],
    [
      'a secret over plain HTTP',
      () => ({ ...TOKENS, KAFKA_SASL_TOKEN_URL: 'http://login.example.com/token' }),
      'KAFKA_SASL_TOKEN_URL leads over plain HTTP to login.example.com, where keys and tokens can be read and replaced on the way. Use https, or name login.example.com in PLAIN_HTTP_HOSTS.',
    ],
  ])('is refused with one sentence: %s', (_, variables, sentence) => {
    expect(() => read(variables())).toThrow(sentence);
  });
});
