/** What a service answered; `body` is null where it was no JSON. */
export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** Nobody was there, or nobody answered in time. */
export type Silence = 'down' | 'silent';

/** Long enough for a busy laptop, short enough for a picture that is new every second. */
const LOOK_WITHIN_MS = 4_000;
const ACT_WITHIN_MS = 10_000;

/** Asks for a state, briefly; with an access token where operators are asked for one. */
export const look = (url: string, token?: string): Promise<Answer | Silence> =>
  send(url, 'GET', undefined, LOOK_WITHIN_MS, token);

/** Changes something. */
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

/** The body of a good answer; undefined otherwise. */
export const bodyOf = (answer: Answer | Silence): any =>
  typeof answer === 'object' && answer.status < 400 ? answer.body : undefined;
