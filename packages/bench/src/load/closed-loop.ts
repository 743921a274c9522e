import { jsonRequest, mixedOrder } from './order-requests.js';
import { RawClient } from './raw-client.js';

/** The results of a closed loop. */
export interface Taken {
  /** Within the time. */
  readonly accepted: number;
  /** Within the time or later: at the end each customer has one outstanding request, which is awaited. */
  readonly answered: number;
  readonly perSecond: number;
  /** Milliseconds from request to answer, sorted. */
  readonly latencies: Float64Array;
  /** CPU of the loader in cores. Near 1, the loader would be the bottleneck. */
  readonly loaderCores: number;
}

const CONNECTIONS = 64;
/** Concurrent requests over all connections. */
export const CUSTOMERS = 256;
const ACCEPTED = 202;
/** Requests are prepared before the measurement, so that the loader only sends bytes. */
const PREPARED = 1_000;

/** Runs a closed loop of {@link CUSTOMERS} customers. Answers after the time are awaited but do not count. */
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
            if (status !== ACCEPTED) return reject(new Error(`An order got status ${status}: ${body.toString()}`));
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
