import { type ServiceName, variableOf } from '@quadrille/contracts';
import { Refusal } from '@quadrille/operate/terminal/acting';
import type { Endpoints } from './endpoints.js';

/** Timeout of a request, for operators at a terminal. */
const ANSWERS_WITHIN_MS = 5_000;

/** Paths that a service serves at its admin listener, if it has one. */
const FOR_OPERATORS = /^\/(dead-letters|outbox-dead-letters|workload|control)\b/;

/** The answer of a service. */
export interface Answer {
  readonly status: number;
  readonly body: any;
}

/** Sends a request to one service; undefined without an answer. */
export async function request(
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

/** No answer from the service: further requests to it are useless. */
export class Unanswered extends Refusal {}

/** Sends a request to a service. Throws a {@link Refusal} without an answer, or for an error status that is not in `allowed`. */
export async function demand(
  place: Endpoints,
  service: ServiceName,
  path: string,
  { post, allowed = [] }: { readonly post?: unknown; readonly allowed?: readonly number[] } = {},
): Promise<Answer> {
  const answer = await request(place, service, path, post);
  if (!answer) throw new Unanswered(noAnswerOf(place, service));
  const isOurs = typeof answer.body === 'object' && answer.body !== null;
  if (allowed.includes(answer.status) || (answer.status < 400 && isOurs)) return answer;
  if (answer.status < 400) {
    throw new Unanswered(
      `The server at ${place.urls[service]} is not ${service}: set its address with ${variableOf(service, 'URL')}.`,
    );
  }
  throw new Refusal(`${service} refused (${answer.status}): ${answer.body?.detail ?? 'it gave no reason'}`);
}

/** The sentence about a missing answer. */
export const noAnswerOf = ({ urls }: Endpoints, service: ServiceName): string =>
  `No answer from ${service} at ${urls[service]}: start the system with npm start, or set its address with ${variableOf(service, 'URL')}.`;
