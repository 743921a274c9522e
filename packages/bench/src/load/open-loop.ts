import { jsonRequest, mixedOrder } from './order-requests.js';
import { RawClient } from './raw-client.js';

/** One order of an open loop with its due time, independent of the answers. */
export interface Due {
  readonly orderId: string;
  /** Milliseconds since 1970, with fractions. */
  readonly dueAt: number;
}

const CONNECTIONS = 32;
const TICK_MS = 1;
const ACCEPTED = 202;
/** The limit for the last answer after the last order. */
const ANSWERS_WITHIN_MS = 60_000;

/**
 * Places orders at a fixed rate for `seconds`. Each has a due time, and a slow answer delays no later order. A latency that
 * is measured from the due time therefore has no coordinated omission.
 */
export async function openLoop(orderUrl: string, ratePerSecond: number, seconds: number): Promise<Due[]> {
  const count = Math.round(ratePerSecond * seconds);
  const due = new Array<Due>(count);
  let client: RawClient | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const start = (opened: RawClient) => {
        client = opened;
        const startedAt = Date.now();
        const began = performance.now();
        let sent = 0;
        let answered = 0;
        const tick = () => {
          const until = Math.min(count, Math.floor(((performance.now() - began) / 1_000) * ratePerSecond) + 1);
          for (; sent < until; sent++) {
            const at = sent;
            const dueAt = startedAt + (at / ratePerSecond) * 1_000;
            opened.send(jsonRequest('POST', '/orders', mixedOrder(at)), (status, body) => {
              if (status !== ACCEPTED) return reject(new Error(`An order got status ${status}: ${body.toString()}`));
              due[at] = { orderId: (JSON.parse(body.toString()) as { orderId: string }).orderId, dueAt };
              answered++;
              if (answered === count) resolve();
            });
          }
          if (sent < count) timer = setTimeout(tick, TICK_MS);
          else timer = setTimeout(() => reject(new Error('Some orders got no answer in time.')), ANSWERS_WITHIN_MS);
        };
        tick();
      };
      RawClient.open(orderUrl, CONNECTIONS, reject).then(start, reject);
    });
    return due;
  } finally {
    clearTimeout(timer);
    client?.close();
  }
}
