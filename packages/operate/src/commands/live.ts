import type { AddressInfo } from 'node:net';
import type { QuadrilleConfig } from '@quadrille/choreography';
import { Command, InvalidArgumentError } from 'commander';
import { followEvents } from '../live/followed-events.js';
import { LiveView } from '../live/live-view.js';
import { serveLive } from '../live/serve-live.js';
import { runningSystemOf } from '../running/running-system.js';
import { acting, Refusal } from '../terminal/acting.js';

const PORT = 4_000;
const MAX_PORT = 65_535;

/** `quadrille live`: the choreography and its sagas in a browser, until the process is interrupted. */
export const liveCommandOf = (read: () => Promise<QuadrilleConfig>): Command =>
  new Command('live')
    .description('serve a page that shows the choreography, its events as they are published, and its latest sagas')
    .option('--port <port>', 'the port on 127.0.0.1; 0 takes a free one', portIn, PORT)
    .action(
      acting(async ({ port }: { readonly port: number }) => {
        const config = await read();
        const system = runningSystemOf(config, process.env);
        const view = new LiveView(config.choreography);
        const server = await serveLive(view, port).catch((error: NodeJS.ErrnoException) => {
          throw new Refusal(
            `Port ${port} cannot be used (${error.code ?? error.message}): choose another with --port.`,
          );
        });
        const stopping = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
        console.log(`${config.choreography.system}: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        await followEvents(config.choreography, system, view, stopping.signal);
        server.close();
        server.closeAllConnections();
      }),
    );

function portIn(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Expected a port from 0 to ${MAX_PORT}.`);
}
