import { createServer, type Server } from 'node:net';

/**
 * Below the range of ephemeral ports (from 32768 on Linux): within it, a client that reconnects to a restarting server can be
 * assigned the server's own port.
 */
const FIRST = 20_000;
const BLOCKS = 500;
const BLOCK_SIZE = 20;
const LOOPBACK = '127.0.0.1';

/** The ports that this process may still assign; all are in blocks that no other process owns. */
const ours: number[] = [];
let choosing: Promise<unknown> = Promise.resolve();

/**
 * A TCP port of the loopback interface that is free, and that no other caller of this function gets while this process runs. A server
 * listens some time after it is given its port, and several systems start concurrently.
 */
export function freePort(): Promise<number> {
  const port = choosing.then(choose);
  choosing = port.catch(() => undefined);
  return port;
}

async function choose(): Promise<number> {
  for (;;) {
    if (ours.length === 0) ours.push(...(await takeBlock()));
    const port = ours.shift()!;
    if (await isFree(port)) return port;
  }
}

/** Listening on the first port of a block reserves the block: only one process can, and the system releases it when that process ends. */
async function takeBlock(): Promise<number[]> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let tries = 0; tries < BLOCKS; tries += 1) {
    const guard = FIRST + ((start + tries) % BLOCKS) * BLOCK_SIZE;
    const server = await listen(guard);
    if (!server) continue;
    server.unref();
    return Array.from({ length: BLOCK_SIZE - 1 }, (_, at) => guard + 1 + at);
  }
  throw new Error(
    `No free port between ${FIRST} and ${FIRST + BLOCKS * BLOCK_SIZE - 1}: stop the programs that listen on ${FIRST} and every ${BLOCK_SIZE}th after it.`,
  );
}

/** Whether no process listens on this port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (!server) return false;
  await new Promise((closed) => server.close(closed));
  return true;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(server));
  });
}

/** Throws if another program listens on `port`, with the remedy in one sentence; `variable` sets the port. */
export async function demandFree(port: number, who: string, variable?: string): Promise<void> {
  if (await isFree(port)) return;
  const choose = variable ? `choose another port with ${variable}` : 'choose another port';
  throw new Error(
    `${who} cannot listen on port ${port}, because another program does: stop that program or ${choose}.`,
  );
}
