import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { BootProblem } from './boot-problems.js';
import { readEnvironment, securityOf } from './environment.js';

const least = { DATABASE_URL: 'postgres://order:s3cret@127.0.0.1:5432/order', KAFKA_BROKERS: '127.0.0.1:9092' };

const refusal = (env: NodeJS.ProcessEnv, shape = {}): string[] => {
  try {
    readEnvironment(shape, env);
  } catch (error) {
    expect(error).toBeInstanceOf(BootProblem);
    return (error as Error).message.split('\n');
  }
  return [];
};

describe('the environment', () => {
  it('needs no more than a database and a broker', () => {
    const env = readEnvironment({}, least);
    expect(env.HOST).toBe('127.0.0.1');
    expect(env.PORT).toBeUndefined();
    expect(env.KAFKA_BROKERS).toEqual(['127.0.0.1:9092']);
    expect(env.IDEMPOTENCY_KEY_HOURS).toBe(24);
    expect(env.QUADRILLE_DEMO).toBe(false);
  });

  it('reads numbers, lists and switches', () => {
    const env = readEnvironment({}, { ...least, PORT: '0', KAFKA_BROKERS: 'a:1,b:2', QUADRILLE_DEMO: '1' });
    expect(env).toMatchObject({ PORT: 0, KAFKA_BROKERS: ['a:1', 'b:2'], QUADRILLE_DEMO: true });
  });

  it('reads the addresses of brokers in the usual form', () => {
    expect(readEnvironment({}, { ...least, KAFKA_BROKERS: ' [::1]:9092, b:9093,' }).KAFKA_BROKERS).toEqual([
      '[::1]:9092',
      'b:9093',
    ]);
    for (const KAFKA_BROKERS of ['::1:9092', 'a:b', ' , ']) {
      expect(refusal({ ...least, KAFKA_BROKERS })).toEqual([
        `KAFKA_BROKERS is ${JSON.stringify(KAFKA_BROKERS)}; expected host:port of at least one broker, with commas between, as in localhost:9092,[::1]:9092.`,
      ]);
    }
  });

  it('accepts a crash point for demonstrations only', () => {
    const dying = { ...least, QUADRILLE_CRASH_AT: 'relay.acknowledged:3' };
    const env = readEnvironment({}, { ...dying, QUADRILLE_DEMO: '1' });
    expect(env.QUADRILLE_CRASH_AT).toEqual({ point: 'relay.acknowledged', passage: 3 });
    expect(refusal(dying)).toEqual(['QUADRILLE_CRASH_AT makes the process kill itself; it requires QUADRILLE_DEMO=1.']);
    expect(refusal({ ...dying, QUADRILLE_CRASH_AT: 'relay' })[0]).toMatch(
      /^QUADRILLE_CRASH_AT is "relay"; expected one of relay\.taken, /,
    );
  });

  it('accepts a password of the demonstration for demonstrations only, and never shows it', () => {
    const demo = { ...least, DATABASE_URL: 'postgres://order:order%2Ddemo@127.0.0.1/order' };
    expect(refusal(demo)).toEqual([
      'DATABASE_URL has a password of the demonstration, which is public. Set one that does not end with -demo, or QUADRILLE_DEMO=1 on a machine of your own.',
    ]);
    expect(readEnvironment({}, { ...demo, QUADRILLE_DEMO: '1' }).DATABASE_URL).toBe(demo.DATABASE_URL);
    const keys = { ...least, PERSONAL_DATA_DATABASE_URL: 'postgres://keys:keys-demo@127.0.0.1/keys' };
    expect(refusal(keys)[0]).toMatch(/^PERSONAL_DATA_DATABASE_URL has a password of the demonstration/);
    const secret = { ...least, PERSONAL_DATA_KEY: 'secret-of-the-personal-data-demo' };
    expect(refusal(secret)[0]).toMatch(/^PERSONAL_DATA_KEY has a secret of the demonstration/);
    expect(readEnvironment({}, { ...secret, QUADRILLE_DEMO: '1' }).PERSONAL_DATA_KEY).toBe(secret.PERSONAL_DATA_KEY);
    const trusted = 'postgres://order@127.0.0.1/order';
    expect(readEnvironment({}, { ...least, DATABASE_URL: trusted }).DATABASE_URL).toBe(trusted);
  });

  it('names each missing variable, and its expected format', () => {
    expect(refusal({})).toEqual([
      'DATABASE_URL is missing; expected a PostgreSQL URL such as postgres://user:password@host:5432/database.',
      'KAFKA_BROKERS is missing; expected host:port of at least one broker, with commas between, as in localhost:9092,[::1]:9092.',
    ]);
  });

  it('accepts a sufficiently long secret for the keys of personal data, also from a file, and never shows it', () => {
    const short = refusal({ ...least, PERSONAL_DATA_KEY: 'too short' });
    expect(short).toEqual([
      'PERSONAL_DATA_KEY is not usable; expected 32 random characters or more, such as of openssl rand -base64 32.',
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'quadrille-secret-'));
    const file = join(folder, 'key');
    writeFileSync(file, `${'k'.repeat(32)}\n`);
    expect(readEnvironment({}, { ...least, PERSONAL_DATA_KEY_FILE: file }).PERSONAL_DATA_KEY).toBe('k'.repeat(32));
    rmSync(folder, { recursive: true });
  });

  it('accepts earlier secrets for the keys of personal data, and never shows them', () => {
    const [old, older] = ['o'.repeat(32), 'p'.repeat(32)];
    const read = (text: string) =>
      readEnvironment({}, { ...least, PERSONAL_DATA_OLD_KEYS: text }).PERSONAL_DATA_OLD_KEYS;
    expect([read(`${old}, ${older}`), read(`${old}\n`), readEnvironment({}, least).PERSONAL_DATA_OLD_KEYS]).toEqual([
      [old, older],
      [old],
      [],
    ]);
    expect(refusal({ ...least, PERSONAL_DATA_OLD_KEYS: `${old},too short` })).toEqual([
      'PERSONAL_DATA_OLD_KEYS is not usable; expected secrets with commas between, each of 32 random characters or more, such as of openssl rand -base64 32.',
    ]);
  });

  it('reads a secret of the service itself from a file, too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quadrille-secret-'));
    const file = join(folder, 'token');
    writeFileSync(file, 't0ken\n');
    const shape = { CARRIER_TOKEN: z.string().optional() };
    expect(readEnvironment(shape, { ...least, CARRIER_TOKEN_FILE: file }).CARRIER_TOKEN).toBe('t0ken');
    expect(refusal({ ...least, CARRIER_TOKEN: 'x', CARRIER_TOKEN_FILE: file }, shape)).toEqual([
      'CARRIER_TOKEN and CARRIER_TOKEN_FILE are both set. Unset one of them.',
    ]);
    rmSync(folder, { recursive: true });
  });

  it('treats an empty variable as missing', () => {
    expect(refusal({ ...least, DATABASE_URL: '' })[0]).toMatch(/^DATABASE_URL is missing/);
  });

  it('reports the value of each invalid variable', () => {
    expect(refusal({ ...least, PORT: '70000', LOG_LEVEL: 'loud', BATCH_MAX_INPUTS: '1e3' })).toEqual([
      'PORT is "70000"; expected a whole number from 0 to 65535.',
      'LOG_LEVEL is "loud"; expected one of trace, debug, info, warn, error, fatal, silent.',
      'BATCH_MAX_INPUTS is "1e3"; expected a whole number from 1 to 10000 (inputs).',
    ]);
  });

  it('never shows a wrong value that may be a secret', () => {
    const [sentence] = refusal({ ...least, DATABASE_URL: 'mysql://root:s3cret@db/order' });
    expect(sentence).toMatch(/^DATABASE_URL is not usable; expected a PostgreSQL URL/);
    expect(sentence).not.toContain('s3cret');
  });

  it('reads the database URL from a file, and reports its problems', () => {
    const home = mkdtempSync(join(tmpdir(), 'quadrille-environment-'));
    const { DATABASE_URL, ...rest } = least;
    const file = join(home, 'url');
    try {
      writeFileSync(file, `${DATABASE_URL}\n`);
      expect(readEnvironment({}, { ...rest, DATABASE_URL_FILE: file }).DATABASE_URL).toBe(DATABASE_URL);
      expect(refusal({ ...least, DATABASE_URL_FILE: file })).toEqual([
        'DATABASE_URL and DATABASE_URL_FILE are both set. Unset one of them.',
      ]);
      expect(refusal({ ...rest, DATABASE_URL_FILE: home })).toEqual([
        `DATABASE_URL_FILE is ${JSON.stringify(home)}, which cannot be read (EISDIR). Name a file that this user may read.`,
      ]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('reads the login for restricted brokers, and never shows a password', () => {
    const login = { KAFKA_TLS: '1', KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'order' };
    const env = readEnvironment({}, { ...least, ...login, KAFKA_SASL_PASSWORD: 's3cret' });
    expect(securityOf(env)).toMatchObject({ tls: {}, sasl: { mechanism: 'scram-sha-512', username: 'order' } });
    expect(refusal({ ...least, KAFKA_SASL_PASSWORD: 's3cret' })).toEqual([
      'KAFKA_SASL_PASSWORD is set, but there is no KAFKA_SASL_MECHANISM. Set KAFKA_SASL_MECHANISM to one that uses it, or unset KAFKA_SASL_PASSWORD.',
    ]);
    expect(refusal({ ...least, KAFKA_TLS: 'maybe', TOPICS: 'delete' })).toEqual([
      'KAFKA_TLS is "maybe"; expected 1 or 0.',
      'TOPICS is "delete"; expected create or verify.',
    ]);
  });

  it('validates the variables of the service as well', () => {
    const shape = { ORDER_DEADLINE_SECONDS: z.coerce.number().int().positive().default(60) };
    expect(readEnvironment(shape, least).ORDER_DEADLINE_SECONDS).toBe(60);
    expect(refusal({ ...least, ORDER_DEADLINE_SECONDS: '-1' }, shape)[0]).toMatch(/^ORDER_DEADLINE_SECONDS is "-1"/);
  });
});
