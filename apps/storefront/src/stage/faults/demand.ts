import { Problem } from '@quadrille/nest';
import { type Answer, act, bodyOf, type Silence } from '../asking.js';

/** Changes something in a service; with an access token where operators are asked for one. Throws a problem that says who did not do it, and why: 503 nobody answered, 409 it refused. */
export async function demand(
  who: string,
  method: 'PUT' | 'POST',
  url: string,
  body: object,
  token?: string,
): Promise<any> {
  const answer = await act(method, url, body, token);
  const done = bodyOf(answer);
  if (done !== undefined) return done;
  throw new Problem(typeof answer === 'string' ? 503 : 409, 'not-switched', whyNot(who, answer));
}

const whyNot = (who: string, answer: Answer | Silence): string => {
  if (answer === 'down') return `${who} is not running, so nothing can be switched there.`;
  if (answer === 'silent') return `${who} did not answer in time.`;
  return `${who} refused (${answer.status}): ${answer.body?.detail ?? 'it gave no reason'}`;
};
