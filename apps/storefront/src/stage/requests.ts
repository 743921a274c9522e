/** The response of a service; `body` is null if it was not JSON. */
export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** No connection, or no response in time. */
export type Silence = 'down' | 'silent';

/** Long enough for a busy laptop, short enough for a snapshot per second. */
const LOOK_WITHIN_MS = 4_000;
const ACT_WITHIN_MS = 10_000;

/** Reads a state, with a short timeout; with an access token if operators need one. */
export const look = (url: string, token?: string): Promise<Answer | Silence> =>
  send(url, 'GET', undefined, LOOK_WITHIN_MS, token);

/** Changes a state. */
export const act = (method: 'PUT' | 'POST', url: string, body: object, token?: string): Promise<Answer | Silence> =>
  send(url, method, body, ACT_WITHIN_MS, token);

async function send(
  url: string,
  method: string,
  body: object | undefined,
  withinMs: number,
  token: string | undefined,
): Promise<Answer | Silence> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(withinMs),
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'silent' : 'down';
  }
}

/** The body of a successful response; undefined otherwise. */
export const bodyOf = (answer: Answer | Silence): any =>
  typeof answer === 'object' && answer.status < 400 ? answer.body : undefined;
