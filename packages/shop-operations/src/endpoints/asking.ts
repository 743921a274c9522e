import { type ServiceName, variableOf } from '@quadrille/contracts';
import { Refusal } from '@quadrille/operate/terminal/acting';
import type { Endpoints } from './endpoints.js';

/** A service that does not answer has this long; people wait at the terminal. */
const ANSWERS_WITHIN_MS = 5_000;

/** What a service answers at its admin listener, where it has one. */
const FOR_OPERATORS = /^\/(dead-letters|unsendable|workload|control)\b/;

/** What a service answered. */
export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** Asks one service; undefined when nobody answers there. */
export async function ask(
  { urls, adminUrls, token }: Endpoints,
  service: ServiceName,
  path: string,
  post?: unknown,
): Promise<Answer | undefined> {
  try {
    const url = FOR_OPERATORS.test(path) ? adminUrls[service] : urls[service];
    const response = await fetch(`${url}${path}`, {
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(post !== undefined && { 'content-type': 'application/json' }),
      },
      ...(post !== undefined && { method: 'POST', body: JSON.stringify(post) }),
    });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch {
    return undefined;
  }
}

/** Nobody of ours answers: whatever else is asked of that service is asked in vain. */
export class Unanswered extends Refusal {}

/** Asks a service that must answer. Throws a {@link Refusal} when nobody does, or when it refuses other than by `allowed`. */
export async function demand(
  place: Endpoints,
  service: ServiceName,
  path: string,
  { post, allowed = [] }: { readonly post?: unknown; readonly allowed?: readonly number[] } = {},
): Promise<Answer> {
  const answer = await ask(place, service, path, post);
  if (!answer) throw new Unanswered(nobodyAnswers(place, service));
  const isOurs = typeof answer.body === 'object' && answer.body !== null;
  if (allowed.includes(answer.status) || (answer.status < 400 && isOurs)) return answer;
  if (answer.status < 400) {
    throw new Unanswered(
      `The server at ${place.urls[service]} is not ${service}: set its address with ${variableOf(service, 'URL')}.`,
    );
  }
  throw new Refusal(`${service} refused (${answer.status}): ${answer.body?.detail ?? 'it gave no reason'}`);
}

/** In words. */
export const nobodyAnswers = ({ urls }: Endpoints, service: ServiceName): string =>
  `No answer from ${service} at ${urls[service]}: start the system with npm start, or set its address with ${variableOf(service, 'URL')}.`;
