import type { FastifyReply, FastifyRequest } from 'fastify';

/** The cookies of the storefront: the signed-in user, and the pending sign-in. Scripts cannot read them. */
export type CookieName = 'access-token' | 'refresh-token' | 'person' | 'sign-in';

/** The path of the issuer's redirect; the cookie of a pending sign-in is sent only there. */
export const SIGN_IN_PATH = '/sign-in';

/** With TLS the prefix proves that no other host and no plain HTTP has set the cookie (RFC 6265bis, 4.1.3). */
const nameOf = (request: FastifyRequest, name: CookieName): string =>
  `${request.protocol === 'https' && name !== 'sign-in' ? '__Host-' : ''}quadrille-${name}`;

/** The cookie's value; undefined without one. */
export function cookieOf(request: FastifyRequest, name: CookieName): string | undefined {
  const start = `${nameOf(request, name)}=`;
  const pair = request.headers.cookie?.split('; ').find((each) => each.startsWith(start));
  return pair?.slice(start.length) || undefined;
}

/** Sets a cookie of RFC 6265 characters; without `seconds` for the browser session; 0 removes it. */
export function setCookie(reply: FastifyReply, name: CookieName, text: string, seconds?: number): void {
  const { request } = reply;
  // The issuer redirects from another site: only this cookie must be sent then.
  const [path, sameSite] = name === 'sign-in' ? [SIGN_IN_PATH, 'Lax'] : ['/', 'Strict'];
  const secure = request.protocol === 'https' ? '; Secure' : '';
  const age = seconds === undefined ? '' : `; Max-Age=${seconds}`;
  const before = [reply.getHeader('set-cookie') ?? []].flat() as string[];
  const cookie = `${nameOf(request, name)}=${text}; Path=${path}; HttpOnly; SameSite=${sameSite}${secure}${age}`;
  reply.removeHeader('set-cookie');
  reply.header('set-cookie', [...before, cookie]);
}

/** Encodes any value. */
export const packed = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Decodes the result of {@link packed}; undefined for any other text. */
export function unpacked(text: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
