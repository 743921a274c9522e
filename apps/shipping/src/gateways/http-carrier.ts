import { text } from '@quadrille/choreography';
import { answerText, HTTP_RESILIENCE, type ResiliencePolicy, resilient } from '@quadrille/nest';
import { z } from 'zod';
import type { Booking, Carrier } from './carrier.js';

export interface HttpCarrierSettings {
  readonly url: string;
  /** Timeout of one attempt. */
  readonly timeoutMs: number;
  /** The credential of the shop, sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
}

/** Length of the response body in an error message. */
const SHOWN_CHARACTERS = 200;

/** The schema of the body per expected status. */
type Answers<Answer> = Readonly<Record<number, z.ZodType<Answer>>>;

const Country = z.string().regex(/^[A-Z]{2}$/);
const Countries = z.object({ served: z.array(Country), refused: z.array(Country) });
const Booked = z
  .object({ trackingNumber: text(64) })
  .transform(({ trackingNumber }) => ({ answer: 'booked' as const, trackingNumber }));
const Refused = z.object({ reason: text(100) }).transform(({ reason }) => ({ answer: 'refused' as const, reason }));
const Cancelled = z.unknown().transform(() => ({ answer: 'cancelled' as const }));
const Nothing = z.unknown().transform(() => undefined);

/** The answer per status of a booking. */
const BOOKING: Answers<Booking> = { 200: Booked, 201: Booked, 410: Cancelled, 422: Refused };

/** The carrier's response is outside of the protocol; repeating the request does not help. */
export class UnexpectedAnswer extends Error {}

/**
 * A carrier over HTTP, behind a timeout, retries with jitter, a bulkhead and a circuit breaker. `PUT /bookings/:reference`
 * answers 200 or 201 with a tracking number, 422 with a reason, or 410 if the reference was cancelled.
 * `DELETE /bookings/:reference` answers 204, with or without a booking. `GET /countries` lists the countries with and without
 * service.
 */
export function httpCarrier({ url, timeoutMs, token }: HttpCarrierSettings): Carrier {
  const guard = resilient({
    ...HTTP_RESILIENCE,
    name: 'carrier',
    timeoutMs,
    isTransient: (error) => !(error instanceof UnexpectedAnswer),
  });
  const base = url.replace(/\/*$/, '');
  const booking = (reference: string) => `${base}/bookings/${encodeURIComponent(reference)}`;
  const from: Source = { guard, credentials: token === undefined ? {} : { authorization: `Bearer ${token}` } };
  return {
    book: (reference, destination) => send<Booking>(from, 'PUT', booking(reference), { destination }, BOOKING),
    cancel: (reference) => send(from, 'DELETE', booking(reference), undefined, { 204: Nothing }),
    countries: () => send(from, 'GET', `${base}/countries`, undefined, { 200: Countries }),
  };
}

interface Source {
  readonly guard: ResiliencePolicy;
  readonly credentials: { readonly authorization?: string };
}

const send = <Answer>(
  { guard, credentials }: Source,
  method: string,
  url: string,
  body: object | undefined,
  answers: Answers<Answer>,
) =>
  guard.call(async (signal): Promise<Answer> => {
    const response = await fetch(url, {
      method,
      signal,
      redirect: 'manual',
      headers: { ...credentials, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answerText(response);
    const { status } = response;
    const what = `${method} ${new URL(url).pathname} was answered ${status}`;
    if (status >= 500 || status === 408 || status === 429) throw new Error(what);
    return read(what, text, answers[status]);
  });

function read<Answer>(what: string, text: string, answer: z.ZodType<Answer> | undefined): Answer {
  const result = answer?.safeParse(jsonOrNothing(text));
  if (!result?.success) throw new UnexpectedAnswer(`${what}: ${text.slice(0, SHOWN_CHARACTERS)}`);
  return result.data;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
