import type { FastifyReply } from 'fastify';

/** The delay before a retry makes sense. */
const RETRY_AFTER_SECONDS = 2;

const TITLES: Readonly<Record<number, string>> = {
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/**
 * Answers with problem+json that a service is unavailable: 501 no address is configured, 502 to 504 it failed; `service` has its
 * name.
 */
export function answerUnavailable(reply: FastifyReply, service: string, status: number, detail: string): FastifyReply {
  if (status !== 501) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(
      JSON.stringify({
        type: `urn:quadrille:problem:${status === 501 ? 'service-not-configured' : 'service-unavailable'}`,
        title: TITLES[status] ?? 'Error',
        status,
        detail,
        instance: reply.request.url.split('?', 1)[0],
        requestId: reply.request.id,
        service,
      }),
    );
}

/** No connection was established. */
const UNREACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

/** The status of a failed forwarding: 503 no connection, 504 no response in time, 502 it broke off. */
export function statusOfFailure(error: Error): 502 | 503 | 504 {
  const { statusCode, cause } = error as { statusCode?: number; cause?: { code?: string } };
  if (UNREACHED.includes(cause?.code ?? '')) return 503;
  return statusCode === 503 || statusCode === 504 ? statusCode : 502;
}

/** The detail by status. */
export const WHY_AWAY: Readonly<Record<502 | 503 | 504, (service: string) => string>> = {
  502: (service) => `The connection to the ${service} service broke off.`,
  503: (service) => `The ${service} service cannot be reached at the moment.`,
  504: (service) => `The ${service} service did not respond in time.`,
};
