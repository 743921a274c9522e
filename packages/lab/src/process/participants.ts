import { SERVICES } from '../calls.js';
import { NoAnswer, type Participants, Refusal, type ServiceName, type Verbs } from '../protocol.js';

/** Longer than a participant's lock timeout of 2 s, so that its refusal still arrives. */
const CALL_TIMEOUT_MS = 3_000;

/** The number of calls made, to compute calls per order. */
export const calls = { count: 0 };

/** The participants over HTTP, one URL each. */
export function participantsAt(urls: Readonly<Record<ServiceName, string>>): Participants<any> {
  const verbsOf = (service: ServiceName) =>
    new Proxy({} as Verbs, {
      get:
        (_, verb: string) =>
        (...json: unknown[]) =>
          call(service, `${urls[service]}/${verb}`, json),
    });
  return Object.fromEntries(SERVICES.map((service) => [service, verbsOf(service)])) as Participants<any>;
}

async function call(service: ServiceName, url: string, json: unknown[]): Promise<unknown> {
  calls.count++;
  let response: Response;
  let body: { answer?: unknown; code?: string; detail?: string };
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    body = (await response.json()) as typeof body;
  } catch {
    throw new NoAnswer(`${service}: ${url}`);
  }
  if (response.ok) return body.answer;
  if (response.status === 409) throw new Refusal(body.code!);
  // The participant failed while processing: as with a lost answer, the effect is unknown.
  throw new NoAnswer(`${service}: ${url} (${body.detail})`);
}
