import { jsonRequest } from './order-requests.js';
import { RawClient } from './raw-client.js';

const CONNECTIONS = 16;
/** Concurrent requests over all connections. */
const AT_ONCE = 256;
const ACCEPTED = 202;

/** Places `count` orders as fast as they are accepted; resolves with their ids in order. Throws if one is refused. */
export function place(orderUrl: string, count: number, bodyOf: (at: number) => object): Promise<string[]> {
  const ids = new Array<string>(count);
  return sendAll(
    orderUrl,
    count,
    (at) => jsonRequest('POST', '/orders', bodyOf(at)),
    (at, status, body) => {
      if (status !== ACCEPTED) throw new Error(`Order ${at} got status ${status}: ${body.toString()}`);
      ids[at] = (JSON.parse(body.toString()) as { orderId: string }).orderId;
    },
  ).then(() => ids);
}

/** Requests the cancellation of these orders; resolves with the number accepted. A rejection because it is too late (409) is valid. */
export async function cancel(orderUrl: string, orderIds: readonly string[]): Promise<number> {
  let inTime = 0;
  const request = (at: number) =>
    jsonRequest('POST', `/orders/${orderIds[at]}/cancellation`, { reason: 'changed-mind' });
  await sendAll(orderUrl, orderIds.length, request, (_, status, body) => {
    if (status === ACCEPTED) inTime++;
    else if (status !== 409) throw new Error(`A cancellation got status ${status}: ${body.toString()}`);
  });
  return inTime;
}

async function sendAll(
  url: string,
  count: number,
  request: (at: number) => string,
  onAnswer: (at: number, status: number, body: Buffer) => void,
): Promise<void> {
  if (count === 0) return;
  let client: RawClient | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let next = 0;
      let answered = 0;
      const one = () => {
        if (next >= count) return;
        const at = next++;
        client!.send(request(at), (status, body) => {
          try {
            onAnswer(at, status, body);
          } catch (error) {
            return reject(error);
          }
          answered++;
          if (answered === count) resolve();
          else one();
        });
      };
      RawClient.open(url, CONNECTIONS, reject).then((opened) => {
        client = opened;
        for (let each = 0; each < Math.min(AT_ONCE, count); each++) one();
      }, reject);
    });
  } finally {
    client?.close();
  }
}
