import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { listenProblem } from '../boot-problems.js';
import type { ServiceContext } from '../service-context.js';

/** Takes requests from now on; says at which URL. When it ends, what runs is finished first. */
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
  const { address, port, family } = server.address() as AddressInfo;
  const host = /^(0\.0\.0\.0|::)$/.test(address) ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
