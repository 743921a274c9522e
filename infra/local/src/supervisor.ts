import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from './free-port.js';
import type { RunningProcess } from './process.js';

/** The state of a service, as its supervisor sees it. `down`: an unexpected exit. */
type ServiceState = 'running' | 'stopping' | 'stopped' | 'starting' | 'down';

/** A service in the supervisor's answers. */
export interface SupervisedFacts {
  readonly name: string;
  readonly state: ServiceState;
  readonly pid: number | null;
  /** The reason why the last start failed; null if it succeeded. */
  readonly problem: string | null;
}

/** Stops and starts services over HTTP, for the storefront's stage. */
export interface Supervisor {
  /** On the loopback interface, with a secret path, so that pages of other origins cannot call it. */
  readonly url: string;
  /** Adds services that can be stopped and started. */
  watch(services: readonly RunningProcess[]): void;
  /** Rejects further requests and waits for running ones. */
  stop(): Promise<void>;
}

const SECRET_BYTES = 24;
const MAX_BODY_BYTES = 1_000;

interface Charge {
  readonly process: RunningProcess;
  working: 'stopping' | 'starting' | undefined;
  stopped: boolean;
  problem: string | null;
}

/** Opens it on a free port. `GET /services` lists all; `PUT /services/:name` with `{"running":false}` stops one, `true` starts it. */
export async function openSupervisor(): Promise<Supervisor> {
  const charges = new Map<string, Charge>();
  const works = new Set<Promise<void>>();
  const begin = (charge: Charge, running: boolean) => {
    const work = (running ? startAgain(charge) : halt(charge)).finally(() => works.delete(work));
    works.add(work);
  };
  const secret = `/${randomBytes(SECRET_BYTES).toString('hex')}`;
  const server = createServer((request, response) => {
    answer(request, response, secret, charges, begin).catch(() =>
      respond(response, 400, { detail: 'No JSON of ours.' }),
    );
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${port}${secret}`,
    watch(services) {
      for (const process of services) {
        charges.set(process.name, { process, working: undefined, stopped: false, problem: null });
      }
    },
    async stop() {
      charges.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all(works);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
  charges: ReadonlyMap<string, Charge>,
  begin: (charge: Charge, running: boolean) => void,
): Promise<void> {
  const { method, url = '' } = request;
  if (method === 'GET' && url === `${secret}/services`) {
    return respond(response, 200, { services: [...charges.values()].map(factsOf) });
  }
  const name = url.startsWith(`${secret}/services/`) ? url.slice(`${secret}/services/`.length) : '';
  const charge = charges.get(name);
  if (method !== 'PUT' || !charge) return respond(response, 404, { detail: 'Unknown service.' });
  const { running } = JSON.parse(await bodyOf(request)) as { running?: unknown };
  if (typeof running !== 'boolean') return respond(response, 400, { detail: '`running` must be true or false.' });
  // A request for the current state has no effect; a running operation is not interrupted.
  if (charge.working) return respond(response, 409, { detail: `${name} is ${charge.working}.` });
  if (running !== charge.process.running) begin(charge, running);
  respond(response, 202, factsOf(charge));
}

async function halt(charge: Charge): Promise<void> {
  charge.working = 'stopping';
  charge.stopped = true;
  await charge.process.stop().catch(() => {});
  charge.working = undefined;
}

async function startAgain(charge: Charge): Promise<void> {
  charge.working = 'starting';
  charge.problem = await charge.process.restart().then(
    () => null,
    (error: Error) => error.message,
  );
  charge.stopped = charge.problem !== null;
  charge.working = undefined;
}

const factsOf = ({ process, working, stopped, problem }: Charge): SupervisedFacts => ({
  name: process.name,
  state: working ?? (process.running ? 'running' : stopped ? 'stopped' : 'down'),
  pid: process.running ? process.pid : null,
  problem,
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) throw new Error('too long');
  }
  return body;
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
