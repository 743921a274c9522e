import { jsonRequest, mixedOrder } from './order-requests.js';
import { RawClient } from './raw-client.js';

/** What came of placing orders as fast as they are taken. */
export interface Taken {
  /** In time. */
  readonly accepted: number;
  /** In time or later: each customer has one order under way at the end, which is waited for. */
  readonly answered: number;
  readonly perSecond: number;
  /** Milliseconds from the request to its answer, sorted. */
  readonly latencies: Float64Array;
  /** CPU of the loader itself, in cores: near 1 it would be what is measured. */
  readonly loaderCores: number;
}

const CONNECTIONS = 64;
/** Requests on their way at a time, over all connections. */
export const CUSTOMERS = 256;
const ACCEPTED = 202;
/** Requests are written before the clock starts, so that the loader only sends. */
const PREPARED = 1_000;

/** Keeps so many customers ordering for so many seconds; answers that come later still are waited for and do not count. */
export async function closedLoop(orderUrl: string, seconds: number): Promise<Taken> {
  const requests = Array.from({ length: PREPARED }, (_, at) =>
    Buffer.from(jsonRequest('POST', '/orders', mixedOrder(at))),
  );
  let client: RawClient | undefined;
  try {
    return await new Promise<Taken>((resolve, reject) => {
      const start = (opened: RawClient) => {
        client = opened;
        const latencies: number[] = [];
        const before = process.cpuUsage();
        const began = performance.now();
        const until = began + seconds * 1_000;
        let next = 0;
        let inFlight = 0;
        let cores = 0;
        const one = () => {
          const sentAt = performance.now();
          inFlight++;
          opened.send(requests[next++ % PREPARED]!, (status, body) => {
            const now = performance.now();
            inFlight--;
            if (status !== ACCEPTED) return reject(new Error(`An order was answered ${status}: ${body.toString()}`));
            if (now <= until) {
              latencies.push(now - sentAt);
              return one();
            }
            if (cores === 0) cores = coresSince(before, now - began);
            if (inFlight > 0) return;
            const accepted = latencies.length;
            resolve({
              accepted,
              answered: accepted + CUSTOMERS,
              perSecond: accepted / seconds,
              latencies: Float64Array.from(latencies).sort(),
              loaderCores: cores,
            });
          });
        };
        for (let each = 0; each < CUSTOMERS; each++) one();
      };
      RawClient.open(orderUrl, CONNECTIONS, reject).then(start, reject);
    });
  } finally {
    client?.close();
  }
}

function coresSince(before: NodeJS.CpuUsage, milliseconds: number): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / milliseconds;
}
