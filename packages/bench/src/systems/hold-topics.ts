import { jsonRequest } from '../load/order-requests.js';
import { RawClient } from '../load/raw-client.js';

/** Pauses a service's consumer on these topics, and resumes all others. */
export const holdTopics = (url: string, topics: readonly string[]): Promise<void> =>
  put(url, '/control/paused-topics', { topics });

/** Pauses or resumes the relay of a service. */
export const pauseRelay = (url: string, paused: boolean): Promise<void> => put(url, '/control/relay', { paused });

/** Uses a new connection, since the server may close an idle connection at the moment of reuse. */
async function put(url: string, path: string, body: object): Promise<void> {
  let client: RawClient | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      RawClient.open(url, 1, reject).then((opened) => {
        client = opened;
        client.send(jsonRequest('PUT', path, body), (status, answer) => {
          if (status < 400) resolve();
          else reject(new Error(`PUT ${path} got status ${status}: ${answer.toString()}`));
        });
      }, reject);
    });
  } finally {
    client?.close();
  }
}
