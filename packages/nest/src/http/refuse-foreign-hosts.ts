import { Problem } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';
import { isHostOf } from './hosts.js';

/** What a page can send without changing anything; RFC 9110, 9.2.1. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page of another site has a browser send here. Such a page can make its own name resolve to this address (DNS
 * rebinding), and is of the same origin then; but the browser sends that name as `Host`. So a name must be one we were told of:
 * else 421. An IP address or `localhost` cannot be made to resolve elsewhere. A request that changes something and names its origin
 * must come from a page of this host: else 403. Before any route is added.
 */
export function refuseForeignHosts(fastify: FastifyInstance, allowed: readonly string[]): void {
  const isKnown = rememberedOf((host) => isHostOf(host, allowed));
  fastify.addHook('onRequest', ({ method, headers: { host, origin } }, _, done) => {
    // HTTP/1.0 needs no Host, and no browser speaks it.
    if (host !== undefined && !isKnown(host)) return done(misdirected(host));
    if (origin !== undefined && !SAFE_METHODS.has(method) && hostIn(origin) !== host?.toLowerCase()) {
      const detail = 'A page of another origin asks for a change. If a proxy is between, it must pass Host on.';
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

/** `shop.example:8443` of an origin; undefined for `null` and whatever is no origin. */
function hostIn(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host || undefined : undefined;
}

const MAX_REMEMBERED = 100;

/** A client sends the same header with each request: it is read once. */
function rememberedOf(read: (text: string) => boolean): (text: string) => boolean {
  const good = new Set<string>();
  return (text) => {
    if (good.has(text)) return true;
    if (!read(text)) return false;
    if (good.size < MAX_REMEMBERED) good.add(text);
    return true;
  };
}
