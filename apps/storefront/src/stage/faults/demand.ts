import { Problem } from '@quadrille/nest';
import { type Answer, act, bodyOf, type Silence } from '../requests.js';

/**
 * Changes a state in a service, with an access token if operators need one. Throws a problem with the service and the reason: 503
 * no response, 409 a refusal.
 */
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
  throw new Problem(typeof answer === 'string' ? 503 : 409, 'not-switched', failureDetail(who, answer));
}

const failureDetail = (who: string, answer: Answer | Silence): string => {
  if (answer === 'down') return `${who} is not running, so it cannot be switched.`;
  if (answer === 'silent') return `${who} did not respond in time.`;
  return `${who} refused (${answer.status}): ${answer.body?.detail ?? 'it gave no reason'}`;
};
