import { jsonRequest, mixedOrder } from './order-requests.js';
import { RawClient } from './raw-client.js';

/** The results of a flood. */
export interface Flooded {
  /** The ids of the orders answered 202, once per answer. */
  readonly orderIds: readonly string[];
  /** The number of answers per status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Milliseconds until a 202, sorted. */
  readonly latencies: Float64Array;
  /** Milliseconds until a 503, sorted. */
  readonly refusals: Float64Array;
}

const ACCEPTED = 202;
const PREPARED = 1_000;

/** Customers with one connection each order continuously. Refused requests are retried immediately, regardless of Retry-After. */
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
        const request = (client: RawClient) => {
          const sentAt = performance.now();
          client.send(requests[next++ % PREPARED]!, (status, body) => {
            const tookMs = performance.now() - sentAt;
            statuses[status] = (statuses[status] ?? 0) + 1;
            if (status === ACCEPTED) orderIds.push(JSON.parse(body.toString()).orderId);
            (status === ACCEPTED ? latencies : refusals).push(tookMs);
            if (performance.now() < until) return request(client);
            busy--;
            if (busy === 0) resolve();
          });
        };
        for (const client of clients) request(client);
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
