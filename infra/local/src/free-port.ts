import { createServer } from 'node:net';

/**
 * Below the range from which systems take the ports of outgoing connections (32768 on Linux): there, a client that
 * keeps connecting to a server which is just being restarted can be given the server's own port.
 */
const FIRST = 20_000;
const COUNT = 10_000;
const LOOPBACK = '127.0.0.1';

/** A TCP port of the loopback interface on which nobody listens. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${FIRST} and ${FIRST + COUNT}.`);
}

/** Whether nobody listens on this port of the loopback interface. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Throws one sentence that says what to do when another program listens on `port`; `variable` is what sets it. */
export async function demandFree(port: number, who: string, variable?: string): Promise<void> {
  if (await isFree(port)) return;
  const choose = variable ? `choose another port with ${variable}` : 'choose another port';
  throw new Error(
    `${who} cannot listen on port ${port}, because another program does: stop that program or ${choose}.`,
  );
}
