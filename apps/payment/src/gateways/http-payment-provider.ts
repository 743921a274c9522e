import { text } from '@quadrille/choreography';
import { answerText, HTTP_RESILIENCE, type ResiliencePolicy, resilient } from '@quadrille/nest';
import { z } from 'zod';
import type { PaymentProvider } from './payment-provider.js';

export interface HttpProviderSettings {
  readonly url: string;
  /** Timeout of one attempt. */
  readonly timeoutMs: number;
  /** The credential of the shop, sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
}

const reason = text(100);
const Reversed = z.object({ status: z.literal('reversed') }).transform(() => ({ answer: 'reversed' as const }));
const Declined = z
  .object({ status: z.literal('declined'), reason })
  .transform((declined) => ({ answer: 'declined' as const, reason: declined.reason }));
const Authorized = z
  .object({ status: z.literal('authorized'), authorization: text(200) })
  .transform(({ authorization }) => ({ answer: 'authorized' as const, authorization }));
const Captured = z.object({ status: z.literal('captured') }).transform(() => ({ answer: 'captured' as const }));

/** The provider's answer is invalid; a retry would not help. */
export class UnexpectedAnswer extends Error {}

/** The provider responds, but the bank of this card does not: a later retry may help, and other cards are unaffected. */
export class IssuerUnavailable extends Error {}

/** The provider over HTTP with timeout, retries with jitter, bulkhead and circuit breaker. */
export function httpPaymentProvider({ url, timeoutMs, token }: HttpProviderSettings): PaymentProvider {
  const guard = resilient({
    ...HTTP_RESILIENCE,
    name: 'payment-provider',
    timeoutMs,
    // A card whose bank is unavailable must not open the circuit for all others.
    isTransient: (error) => !(error instanceof UnexpectedAnswer || error instanceof IssuerUnavailable),
  });
  const credentials = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const send = <Answer>(path: string, body: object, schema: z.ZodType<Answer>) =>
    post(guard, new URL(path, url), credentials, body, schema);
  return {
    authorize: (reference, amount, currency, token) =>
      send('/authorizations', { reference, amount, currency, token }, z.union([Authorized, Declined, Reversed])),
    capture: (reference) => send('/captures', { reference }, z.union([Captured, Declined, Reversed])),
    async reverse(reference) {
      await send('/reversals', { reference }, Reversed);
    },
  };
}

const post = <Answer>(
  guard: ResiliencePolicy,
  url: URL,
  credentials: { readonly authorization?: string },
  body: object,
  schema: z.ZodType<Answer>,
): Promise<Answer> =>
  guard.call(async (signal) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...credentials },
      body: JSON.stringify(body),
      signal,
      // A charge request is sent only to the configured URL, so redirects are not followed.
      redirect: 'manual',
    });
    const text = await answerText(response);
    if (response.status === 503 && /[":]issuer-unavailable"/.test(text)) {
      throw new IssuerUnavailable(`${url.pathname}: the card's bank is not available`);
    }
    if (response.status >= 500 || response.status === 408 || response.status === 429) {
      throw new Error(`${url.pathname} got status ${response.status}`);
    }
    return read(url, response.status, text, schema);
  });

function read<Answer>(url: URL, status: number, text: string, schema: z.ZodType<Answer>): Answer {
  if (status !== 200) throw new UnexpectedAnswer(`${url.pathname} got status ${status}: ${text.slice(0, 200)}`);
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UnexpectedAnswer(`${url.pathname} got an invalid answer: ${text.slice(0, 200)}`, {
      cause: error,
    });
  }
}
