import { createServer, type Server } from 'node:net';

/**
 * Below the range from which systems take the ports of outgoing connections (32768 on Linux): there, a client that
 * keeps connecting to a server which is just being restarted can be given the server's own port.
 */
const FIRST = 20_000;
const BLOCKS = 500;
const BLOCK_SIZE = 20;
const LOOPBACK = '127.0.0.1';

/** What this process may still give out; everything in it lies in blocks that no other process has. */
const ours: number[] = [];
let choosing: Promise<unknown> = Promise.resolve();

/**
 * A TCP port of the loopback interface on which nobody listens, and which nobody else who asks here is given as long as this
 * process lives: a server needs a while from being told its port until it listens there, and several systems start at once.
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

/** To listen on the first port of a block is to hold the block: the system lets one process do it, and forgets it when that ends. */
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
    `No free port between ${FIRST} and ${FIRST + BLOCKS * BLOCK_SIZE - 1}: stop what listens on ${FIRST} and every ${BLOCK_SIZE}th after it.`,
  );
}

/** Whether nobody listens on this port of the loopback interface. */
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

/** Throws one sentence that says what to do when another program listens on `port`; `variable` is what sets it. */
export async function demandFree(port: number, who: string, variable?: string): Promise<void> {
  if (await isFree(port)) return;
  const choose = variable ? `choose another port with ${variable}` : 'choose another port';
  throw new Error(
    `${who} cannot listen on port ${port}, because another program does: stop that program or ${choose}.`,
  );
}
