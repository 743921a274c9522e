import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { listenProblem } from '../boot-problems.js';
import type { ServiceContext } from '../service-context.js';
import type { AdminListener } from './admin-listener.js';

/** Accepts requests from now on; returns the URL. Its shutdown waits for running requests. */
export async function listen(
  app: NestFastifyApplication,
  { definition, env, shutdown }: ServiceContext,
): Promise<string> {
  const wanted = env.PORT ?? definition.defaultPort;
  await app.listen(wanted, env.HOST).catch((error: unknown) => {
    throw listenProblem(error, env.HOST, wanted);
  });
  const server = app.getHttpServer();
  const close = () => app.getHttpAdapter().close() as Promise<void>;
  shutdown.set('taking requests', close, () => server.closeAllConnections());
  return urlAt(server.address() as AddressInfo);
}

/** Accepts requests of operators from now on; returns the URL. */
export async function listenToOperators(
  admin: AdminListener,
  { env, shutdown }: Pick<ServiceContext, 'env' | 'shutdown'>,
): Promise<string> {
  const wanted = env.ADMIN_PORT ?? 0;
  const address = await admin.listen(wanted, env.ADMIN_HOST).catch((error: unknown) => {
    throw listenProblem(error, env.ADMIN_HOST, wanted, 'ADMIN_');
  });
  shutdown.set(
    'taking requests of operators',
    () => admin.close(),
    () => admin.closeAllConnections(),
  );
  return urlAt(address);
}

function urlAt({ address, port, family }: AddressInfo): string {
  const host = /^(0\.0\.0\.0|::)$/.test(address) ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
