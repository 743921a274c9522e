import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { endpointsOf, keysDatabaseOf } from './endpoints.js';

const home = mkdtempSync(join(tmpdir(), 'quadrille-place-'));
const empty = join(home, 'empty');
afterAll(() => rmSync(home, { recursive: true, force: true }));

const RUNNING = {
  urls: { order: 'http://127.0.0.1:7001' },
  databases: { order: 'postgres://order:s3cret@127.0.0.1:7002/order' },
  brokers: ['127.0.0.1:7003'],
};

describe('the URL for operators', () => {
  const adminOf = (file: string | undefined, env: NodeJS.ProcessEnv) =>
    endpointsOf(file, { QUADRILLE_DATA_DIR: empty, ...env }).adminUrls.order;

  it('has the documented port, or the values of the environment', () => {
    expect(adminOf(undefined, {})).toBe('http://127.0.0.1:4001');
    expect(adminOf(undefined, { ORDER_ADMIN_PORT: '4101' })).toBe('http://127.0.0.1:4101');
    expect(adminOf(undefined, { ORDER_URL: 'http://order' })).toBe('http://order');
    const both = { ORDER_URL: 'http://order', ORDER_ADMIN_URL: 'http://order:9' };
    expect(adminOf(undefined, both)).toBe('http://order:9');
  });

  it('is read from the file of npm start, else is the URL of the service', () => {
    const file = join(home, 'admin.json');
    for (const [running, expected] of [
      [RUNNING, 'http://127.0.0.1:7001'],
      [{ ...RUNNING, adminUrls: { order: 'http://127.0.0.1:7009' } }, 'http://127.0.0.1:7009'],
    ] as const) {
      writeFileSync(file, JSON.stringify(running));
      expect(adminOf(file, {})).toBe(expected);
    }
  });
});

describe('the addresses of the system', () => {
  it('have the documented ports without any configuration', () => {
    const { urls, databases, brokers } = endpointsOf(undefined, { QUADRILLE_DATA_DIR: empty, PAYMENT_PORT: '4002' });
    expect([urls.storefront, urls.payment]).toEqual(['http://127.0.0.1:3000', 'http://127.0.0.1:4002']);
    expect([databases, brokers]).toEqual([{}, []]);
  });

  it('are read from the file of npm start', () => {
    writeFileSync(join(home, 'running.json'), JSON.stringify(RUNNING));
    const place = endpointsOf(undefined, { QUADRILLE_DATA_DIR: home });
    expect([place.urls.order, place.databases, place.brokers]).toEqual([
      'http://127.0.0.1:7001',
      RUNNING.databases,
      RUNNING.brokers,
    ]);
  });

  it('are read from the environment first', () => {
    const env = {
      ORDER_URL: 'https://shop.test/order/',
      ORDER_DATABASE_URL: 'postgres://o',
      KAFKA_BROKERS: 'a:1, [::1]:2',
    };
    const place = endpointsOf(join(home, 'running.json'), env);
    expect([place.urls.order, place.databases.order, place.brokers]).toEqual([
      'https://shop.test/order',
      'postgres://o',
      ['a:1', '[::1]:2'],
    ]);
  });

  it('include the login for restricted brokers, but only for brokers from the same source', () => {
    const login = {
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'auditor',
      KAFKA_SASL_PASSWORD: 's3cret',
    };
    const file = join(home, 'secured.json');
    writeFileSync(file, JSON.stringify({ ...RUNNING, security: { ...login, KAFKA_TLS: '1' } }));
    expect(endpointsOf(file, {}).security).toMatchObject({ tls: {}, sasl: { username: 'auditor' } });
    expect(endpointsOf(file, { KAFKA_BROKERS: 'a:1' }).security).toBeUndefined();
    expect(endpointsOf(file, { KAFKA_BROKERS: 'a:1', ...login }).security?.tls).toBeUndefined();
    expect(() => endpointsOf(file, { KAFKA_BROKERS: 'a:1', KAFKA_SASL_USERNAME: 'auditor' })).toThrow(
      'KAFKA_SASL_USERNAME is set, but there is no KAFKA_SASL_MECHANISM.',
    );
  });

  it('include the database of personal data keys', () => {
    const file = join(home, 'keys.json');
    writeFileSync(file, JSON.stringify({ ...RUNNING, keysDatabase: 'postgres://k' }));
    expect(keysDatabaseOf(file, {})).toBe('postgres://k');
    expect(keysDatabaseOf(file, { PERSONAL_DATA_DATABASE_URL: 'postgres://mine' })).toBe('postgres://mine');
    expect(() => keysDatabaseOf(undefined, { QUADRILLE_DATA_DIR: empty })).toThrow(
      'PERSONAL_DATA_DATABASE_URL is missing: set it to the database of the keys, or start the system with npm start here.',
    );
  });

  it('are rejected in one sentence if they cannot be read', () => {
    expect(() => endpointsOf(join(home, 'no.json'), {})).toThrow(
      /no\.json cannot be read .*: name the file that npm start/,
    );
    expect(() => endpointsOf(undefined, { QUADRILLE_DATA_DIR: empty, KAFKA_BROKERS: 'a b' })).toThrow(
      'KAFKA_BROKERS is "a b"; expected host:port of at least one broker, with commas between',
    );
    expect(() => endpointsOf(undefined, { QUADRILLE_DATA_DIR: empty, ORDER_URL: 'order:3001' })).toThrow(
      'ORDER_URL is "order:3001"; expected an address such as http://127.0.0.1:3000.',
    );
  });
});
