import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a browser keeps for the storefront: who has signed in, and the sign-in that is under way. Scripts of pages see none of it. */
export type CookieName = 'access-token' | 'person' | 'sign-in';

/** Where the answer of the issuer arrives; the cookie of a sign-in under way is sent there alone. */
export const SIGN_IN_PATH = '/sign-in';

/** With TLS the name itself says that no other host and no plain HTTP has set it (RFC 6265bis, 4.1.3). */
const nameOf = (request: FastifyRequest, name: CookieName): string =>
  `${request.protocol === 'https' && name !== 'sign-in' ? '__Host-' : ''}quadrille-${name}`;

/** Its text; undefined where the browser has none. */
export function cookieOf(request: FastifyRequest, name: CookieName): string | undefined {
  const start = `${nameOf(request, name)}=`;
  const pair = request.headers.cookie?.split('; ').find((each) => each.startsWith(start));
  return pair?.slice(start.length) || undefined;
}

/** Keeps a text of RFC 6265's cookie characters for so long; without `seconds` until the browser is closed; 0 removes it. */
export function setCookie(reply: FastifyReply, name: CookieName, text: string, seconds?: number): void {
  const { request } = reply;
  // The issuer sends the browser back from another site: only this cookie must come along then.
  const [path, sameSite] = name === 'sign-in' ? [SIGN_IN_PATH, 'Lax'] : ['/', 'Strict'];
  const secure = request.protocol === 'https' ? '; Secure' : '';
  const age = seconds === undefined ? '' : `; Max-Age=${seconds}`;
  const before = [reply.getHeader('set-cookie') ?? []].flat() as string[];
  const cookie = `${nameOf(request, name)}=${text}; Path=${path}; HttpOnly; SameSite=${sameSite}${secure}${age}`;
  reply.removeHeader('set-cookie');
  reply.header('set-cookie', [...before, cookie]);
}

/** For texts of any characters. */
export const packed = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Undefined where it is not what {@link packed} gave. */
export function unpacked(text: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
