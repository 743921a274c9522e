import { Problem } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';
import { isHostOf } from './hosts.js';

/** Methods that change nothing; RFC 9110, 9.2.1. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Rejects requests that a page of another site makes a browser send. Such a page can make its own name resolve to this address
 * (DNS rebinding), and then has the same origin; but the browser sends that name as `Host`. So the name must be configured: else
 * 421. An IP address or `localhost` cannot be made to resolve elsewhere. A request that changes state and has an `Origin` must
 * come from a page of this host: else 403. Call it before adding routes.
 */
export function refuseForeignHosts(fastify: FastifyInstance, allowed: readonly string[]): void {
  const isKnown = rememberedOf((host) => isHostOf(host, allowed));
  fastify.addHook('onRequest', ({ method, headers: { host, origin } }, _, done) => {
    // HTTP/1.0 needs no Host, and no browser uses it.
    if (host !== undefined && !isKnown(host)) return done(misdirected(host));
    if (origin !== undefined && !SAFE_METHODS.has(method) && hostIn(origin) !== host?.toLowerCase()) {
      const detail = 'A page of another origin requests a change. A proxy in between must forward Host.';
      return done(new Problem(403, 'foreign-origin', detail));
    }
    done();
  });
}

const misdirected = (host: string): Problem =>
  new Problem(
    421,
    'unknown-host',
    `This service does not answer for ${JSON.stringify(host.slice(0, MAX_SHOWN_CHARACTERS))}. Its operator allows names by ALLOWED_HOSTS.`,
  );
const MAX_SHOWN_CHARACTERS = 100;

/** `shop.example:8443` of an origin; undefined for `null` and invalid origins. */
function hostIn(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host || undefined : undefined;
}

const MAX_REMEMBERED = 100;

/** Caches the result per text: a client sends the same header with each request. */
function rememberedOf(read: (text: string) => boolean): (text: string) => boolean {
  const good = new Set<string>();
  return (text) => {
    if (good.has(text)) return true;
    if (!read(text)) return false;
    if (good.size < MAX_REMEMBERED) good.add(text);
    return true;
  };
}
