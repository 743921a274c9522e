import type { ServiceName } from '@quadrille/contracts';
import { problemIn, unreachable } from './problem.js';

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Timeout of a response, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** The address of a service's path behind the gateway: `urlOf('order', '/orders')`. */
export const urlOf = (service: ServiceName, path: string): string =>
  service === 'storefront' ? path : `/api/${service}${path}`;

/** Calls a service; resolves with its JSON response. Throws a {@link Problem} for every other result. */
export async function request<Answer>(
  service: ServiceName,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const { method = 'GET', body, headers = {}, signal } = options;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(urlOf(service, path), {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw unreachable();
  });
  if (!response.ok) throw await problemIn(response);
  return (await response.json()) as Answer;
}
