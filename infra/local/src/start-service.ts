import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName, variableOf } from '@quadrille/contracts';
import type { Ports } from './choose-ports.js';
import type { LocalKafka } from './kafka.js';
import { type RunningProcess, startProcess } from './process.js';
import type { SystemOptions } from './system-options.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Node's flags for a service. Without a limit, V8 lets the heap of a busy service grow fourfold; with a tight one, it marks the
 * live heap repeatedly. With this one it collects after the heap has doubled: about 190 MB in all under load.
 */
export const NODE_FLAGS = ['--enable-source-maps', '--max-old-space-size=256', '--heap-growing-percent=100'];

/** All addresses of a system. */
export interface Addresses extends Pick<Ports, 'ports' | 'adminPorts'> {
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The base URLs for operators; for the payment provider, its only one. */
  readonly adminUrls: Readonly<Record<ServiceName, string>>;
}

/** The environment of a service: the addresses of the other services and of its servers. */
export function environment(
  name: ServiceName,
  { ports, adminPorts, urls, adminUrls }: Addresses,
  databases: Record<string, string>,
  kafka: LocalKafka,
): Record<string, string> {
  return {
    PORT: String(ports[name]),
    ...(adminPorts[name] !== undefined && { ADMIN_PORT: String(adminPorts[name]) }),
    ...(databases[name] && {
      DATABASE_URL: databases[name],
      KAFKA_BROKERS: kafka.brokers.join(','),
      ...kafka.secured?.variables(name),
    }),
    ...(name === 'payment' && { PAYMENT_PROVIDER_URL: urls['payment-provider'] }),
    ...(name === 'storefront' && { ...urlVariables(urls, 'URL'), ...urlVariables(adminUrls, 'ADMIN_URL') }),
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
  };
}

/** `ORDER_URL` and so on: browsers reach the other services through the storefront. */
const urlVariables = (
  urls: Readonly<Record<ServiceName, string>>,
  suffix: 'URL' | 'ADMIN_URL',
): Record<string, string> =>
  Object.fromEntries(
    SERVICES.filter((name) => name !== 'storefront').map((name) => [variableOf(name, suffix), urls[name]]),
  );

/** The services listen on loopback only, so authentication is off unless an issuer is configured. */
const openByDefault = (env: SystemOptions['env'] = {}): Readonly<Record<string, string>> =>
  env.AUTH_ISSUER ? env : { AUTH: 'none', ...env };

/** Starts one service as a separate process; resolves when it is ready. */
export function startService(
  name: ServiceName,
  options: SystemOptions,
  env: Record<string, string>,
): Promise<RunningProcess> {
  const own: Record<string, string> =
    name === 'payment-provider' ? { PROVIDER_DATA_DIR: join(options.dataDir, 'payment-provider') } : {};
  return startProcess({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS, join(ROOT, 'apps', name, 'dist/main.js')],
    ...options.commandOf?.[name],
    cwd: ROOT,
    env: { ...openByDefault(options.env), ...own, ...env, ...options.envOf?.[name] },
    onLine: (line) => options.onLine?.(name, line),
    readyWhen: `http://127.0.0.1:${env.PORT}/health/ready`,
    ...(options.readyWithinMs !== undefined && { readyWithinMs: options.readyWithinMs }),
  });
}
