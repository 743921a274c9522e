import { jsonRequest, mixedOrder } from './order-requests.js';
import { RawClient } from './raw-client.js';

/** One order of an open loop: when it was due, whether or not anybody was ready for it. */
export interface Due {
  readonly orderId: string;
  /** Milliseconds since 1970, with fractions. */
  readonly dueAt: number;
}

const CONNECTIONS = 32;
const TICK_MS = 1;
const ACCEPTED = 202;
/** How long after the last order its answer may take. */
const ANSWERS_WITHIN_MS = 60_000;

/**
 * Places orders at a fixed rate for so many seconds. Each is due at its own moment, and whoever is slow makes no later order
 * wait: so a latency that counts from there leaves nothing out (no coordinated omission).
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
              if (status !== ACCEPTED) return reject(new Error(`An order was answered ${status}: ${body.toString()}`));
              due[at] = { orderId: (JSON.parse(body.toString()) as { orderId: string }).orderId, dueAt };
              answered++;
              if (answered === count) resolve();
            });
          }
          if (sent < count) timer = setTimeout(tick, TICK_MS);
          else timer = setTimeout(() => reject(new Error('Some orders were never answered.')), ANSWERS_WITHIN_MS);
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
