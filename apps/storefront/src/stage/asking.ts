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

/** Asks for a state, briefly. */
export const look = (url: string): Promise<Answer | Silence> => send(url, 'GET', undefined, LOOK_WITHIN_MS);

/** Changes something. */
export const act = (method: 'PUT' | 'POST', url: string, body: object): Promise<Answer | Silence> =>
  send(url, method, body, ACT_WITHIN_MS);

async function send(
  url: string,
  method: string,
  body: object | undefined,
  withinMs: number,
): Promise<Answer | Silence> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(withinMs),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'silent' : 'down';
  }
}

/** The body of a good answer; undefined otherwise. */
export const bodyOf = (answer: Answer | Silence): any =>
  typeof answer === 'object' && answer.status < 400 ? answer.body : undefined;
