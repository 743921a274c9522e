import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { checkout } from '@quadrille/contracts';

const EVERY_MS = 1_000;
/** The maximum number of sagas that the storefront animates at a time. */
const MOVING = 60;
/** A successful order has eight events. */
const EVENTS_AN_ORDER = 8;

const sayings = Object.entries(checkout.rows).flatMap(([step, row]) =>
  row.emits.map((event) => ({ step, event: event.name, by: row.service })),
);

/** A storefront whose stage shows this many events per second. */
export interface Storm {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A proxy of a storefront. It reads one snapshot of the stage; from then on it sends a snapshot with the numbers of the storm every
 * second. All other requests are passed to the storefront.
 */
export async function startStorm(storefront: string, eventsPerSecond: number): Promise<Storm> {
  const quiet = await firstPicture(storefront);
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((incoming, outgoing) => {
    if (incoming.url !== '/stage/live') return passOn(storefront, incoming, outgoing);
    outgoing.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    const show = () => outgoing.write(`event: stage\ndata: ${JSON.stringify(stormy(quiet, eventsPerSecond))}\n\n`);
    const timer = setInterval(show, EVERY_MS);
    timers.add(timer);
    outgoing.once('close', () => clearInterval(timer));
    show();
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Every step emits its share, and all lists are full. */
function stormy(quiet: { sagas: object }, eventsPerSecond: number): object {
  const now = Date.now();
  const share = eventsPerSecond / sayings.length;
  const sum = (of: (emission: (typeof sayings)[number]) => string) => {
    const rates: Record<string, number> = {};
    for (const emission of sayings) rates[of(emission)] = Math.round((rates[of(emission)] ?? 0) + share);
    return rates;
  };
  const ended = eventsPerSecond / EVENTS_AN_ORDER;
  return {
    ...quiet,
    at: new Date(now).toISOString(),
    sagas: {
      ...quiet.sagas,
      eventsPerSecond,
      byService: sum(({ by }) => by),
      byStep: sum(({ step }) => step),
      begunPerSecond: ended,
      endedPerSecond: ended,
      completed: Math.round(ended * 50 + (now % 97)),
      cancelled: Math.round(ended * 10 + (now % 89)),
      inFlight: { running: 900 + (now % 83), compensating: 300 + (now % 79) },
      awaited: Object.entries(checkout.rows).map(([step, { service }]) => ({
        step,
        service: service,
        count: 1 + (now % 73),
        since: new Date(now - (now % 4_000)).toISOString(),
      })),
    },
    moving: Array.from({ length: MOVING }, (_, nth) => {
      const { step, event } = sayings[(nth + now) % sayings.length]!;
      return { orderId: '0190d8a0-0000-7000-8000-000000000000', step, event, at: new Date(now).toISOString() };
    }),
  };
}

async function firstPicture(storefront: string): Promise<{ sagas: object }> {
  const stream = await fetch(`${storefront}/stage/live`);
  let text = '';
  for await (const part of stream.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    const [, data] = /^data: (.*)$/m.exec(text) ?? [];
    // Leaving the loop closes the stream.
    if (data) return JSON.parse(data);
  }
  throw new Error('The stage ended before its first picture.');
}

function passOn(storefront: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url } = incoming;
  const passed = ask(`${storefront}${url}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}
