import { jsonRequest, mixedOrder } from './order-requests.js';
import { RawClient } from './raw-client.js';

/** What came of a flood. */
export interface Flooded {
  /** The orders that were answered 202, each as often as it was. */
  readonly orderIds: readonly string[];
  /** How many answers there were of each status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Milliseconds until a 202, sorted. */
  readonly latencies: Float64Array;
  /** Milliseconds until a 503, sorted. */
  readonly refusals: Float64Array;
}

const ACCEPTED = 202;
const PREPARED = 1_000;

/** So many customers, a connection each, order all the time; who is turned away asks again at once, whatever the answer says. */
export async function flood(orderUrl: string, connections: number, seconds: number): Promise<Flooded> {
  const requests = Array.from({ length: PREPARED }, (_, at) =>
    Buffer.from(jsonRequest('POST', '/orders', mixedOrder(at * 100 + 1))),
  );
  const orderIds: string[] = [];
  const statuses: Record<number, number> = {};
  const latencies: number[] = [];
  const refusals: number[] = [];
  const clients: RawClient[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const open = async () => {
        for (let each = 0; each < connections; each++) clients.push(await RawClient.open(orderUrl, 1, reject));
        const until = performance.now() + seconds * 1_000;
        let next = 0;
        let busy = clients.length;
        const ask = (client: RawClient) => {
          const sentAt = performance.now();
          client.send(requests[next++ % PREPARED]!, (status, body) => {
            const tookMs = performance.now() - sentAt;
            statuses[status] = (statuses[status] ?? 0) + 1;
            if (status === ACCEPTED) orderIds.push(JSON.parse(body.toString()).orderId);
            (status === ACCEPTED ? latencies : refusals).push(tookMs);
            if (performance.now() < until) return ask(client);
            busy--;
            if (busy === 0) resolve();
          });
        };
        for (const client of clients) ask(client);
      };
      open().catch(reject);
    });
  } finally {
    for (const client of clients) client.close();
  }
  return {
    ...{ orderIds, statuses },
    latencies: Float64Array.from(latencies).sort(),
    refusals: Float64Array.from(refusals).sort(),
  };
}
