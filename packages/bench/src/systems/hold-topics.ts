import { jsonRequest } from '../load/order-requests.js';
import { RawClient } from '../load/raw-client.js';

/** Lets a service take nothing from these topics until it is told others. */
export const holdTopics = (url: string, topics: readonly string[]): Promise<void> =>
  put(url, '/control/held-topics', { topics });

/** Lets the relay of a service rest, or go on. */
export const pauseRelay = (url: string, paused: boolean): Promise<void> => put(url, '/control/relay', { paused });

/** On a connection of its own: a kept one may be closed by the other side just when it is used again. */
async function put(url: string, path: string, body: object): Promise<void> {
  let client: RawClient | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      RawClient.open(url, 1, reject).then((opened) => {
        client = opened;
        client.send(jsonRequest('PUT', path, body), (status, answer) => {
          if (status < 400) resolve();
          else reject(new Error(`PUT ${path} was answered ${status}: ${answer.toString()}`));
        });
      }, reject);
    });
  } finally {
    client?.close();
  }
}
