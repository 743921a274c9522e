import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import {
  adminPortOf,
  optionalServices,
  SERVICES,
  services,
  variableOf,
  WITH_DATABASE,
  WITH_KEYS,
} from '@quadrille/contracts';
import { parse } from 'yaml';
import { readEnvironment } from '../../apps/payment-provider/src/environment.js';

const textOf = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const compose = parse(textOf('docker-compose.yml'), { merge: true });

describe.each(SERVICES)('the service %s', (name) => {
  const { port } = services[name];

  it('has an application folder', () => {
    expect(existsSync(new URL(`../../apps/${name}/src/main.ts`, import.meta.url))).toBe(true);
  });

  it('is part of docker-compose.yml with its ports', () => {
    const published = (suffix: 'PORT' | 'ADMIN_PORT', at: number) =>
      `127.0.0.1:\${${variableOf(name, suffix)}:-${at}}:${at}`;
    const admin = WITH_DATABASE.includes(name) ? adminPortOf(name) : undefined;
    expect(compose.services[name]).toMatchObject({
      image: compose['x-service'].image,
      command: [`apps/${name}/dist/main.js`],
      environment: { PORT: port, ...(admin && { ADMIN_PORT: admin }) },
      ports: [published('PORT', port), ...(admin ? [published('ADMIN_PORT', admin)] : [])],
    });
  });

  it('has its port in its README', () => {
    expect(textOf(`apps/${name}/README.md`)).toMatch(new RegExp(`port ${port}\\b`, 'i'));
  });
});

it.each(WITH_DATABASE)('docker-compose.yml gives %s a database and Kafka, and waits for both', (name) => {
  const password = `\${${variableOf(name, 'DB_PASSWORD')}:-${name}-demo}`;
  const { environment, depends_on } = compose.services[name];
  expect(environment).toMatchObject({
    DATABASE_URL: `postgres://${name}:${password}@${name}-db:5432/${name}`,
    KAFKA_BROKERS: 'kafka:9092',
  });
  expect(depends_on).toMatchObject({
    kafka: { condition: 'service_healthy' },
    [`${name}-db`]: { condition: 'service_healthy' },
  });
});

it.each(Object.keys(compose.services))('docker-compose.yml gives %s no capabilities that it does not need', (name) => {
  const { cap_drop, security_opt, deploy } = compose.services[name];
  expect([cap_drop, security_opt]).toEqual([['ALL'], ['no-new-privileges:true']]);
  expect(deploy.resources.limits.pids).toBeGreaterThan(0);
});

it('docker-compose.yml gives Grafana and the auditor the role that cannot write', () => {
  const { datasources } = parse(textOf('infra/grafana/provisioning/datasources/datasources.yml'));
  const asked = datasources.filter(({ type }: { type: string }) => type.includes('postgres'));
  expect(asked.map(({ user }: { user: string }) => user)).toEqual(['reader']);
  const urls = Object.entries<string>(compose.services.auditor.environment).filter(([each]) =>
    /DATABASE_URL$/.test(each),
  );
  expect(urls.length).toBeGreaterThan(0);
  for (const [, url] of urls) expect(new URL(url.replace(/\$\{[^}]*\}/, 'p')).username).toBe('reader');
  // They have the passwords of no owner.
  for (const name of ['grafana', 'auditor']) {
    const variables = JSON.stringify(compose.services[name].environment).match(/[A-Z_]+_DB_PASSWORD/g);
    expect(new Set(variables)).toEqual(new Set(['READER_DB_PASSWORD']));
  }
});

it('docker-compose.yml gives the keys of personal data to the services that need them, and to no other', () => {
  expect(WITH_KEYS).toEqual(['order', 'shipping', 'notification']);
  const given = SERVICES.filter((name) => 'PERSONAL_DATA_KEY' in compose.services[name].environment);
  expect(given).toEqual(WITH_KEYS);
  for (const name of given) {
    const { environment, depends_on } = compose.services[name];
    expect(environment.PERSONAL_DATA_DATABASE_URL).toMatch(/@personal-data-db:5432\/personal-data$/);
    expect(depends_on).toMatchObject({ 'personal-data-db': { condition: 'service_healthy' } });
  }
});

it.each(Object.entries(optionalServices))(
  'docker compose starts %s on its port if its profile is on',
  (name, { port }) => {
    const published = `\${${variableOf(name as keyof typeof optionalServices, 'PORT')}:-${port}}`;
    expect(compose.services[name]).toMatchObject({
      profiles: ['sign-in'],
      command: [`apps/${name}/dist/main.js`],
      ports: [`127.0.0.1:${published}:${published}`],
      environment: { PORT: published },
    });
    expect(textOf(`apps/${name}/README.md`)).toMatch(new RegExp(`port ${port}\\b`, 'i'));
    expect(textOf('infra/docker/sign-in.env')).toContain(`AUTH_ISSUER=http://${name}.localhost:${published}\n`);
  },
);

it('the payment provider, which does not import the list, uses its port', () => {
  expect(readEnvironment({}).PORT).toBe(services['payment-provider'].port);
});
