import { createHash, randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { z } from 'zod';
import type { Person } from './people.js';

/** The only client: the storefront. It has no secret, and proves by PKCE that a code is for its own request. */
const CLIENT_ID = 'storefront';
/** RFC 6749, 4.1.2 recommends at most ten minutes; a browser needs less than a second. */
const CODE_MS = 60_000;
const MAX_CODES = 10_000;

const one = z.string().max(2_000);

/** The parameters that determine the target of a redirect. If they are invalid, there is no redirect. */
const Client = z.object({
  client_id: z.literal(CLIENT_ID, `${CLIENT_ID}`),
  redirect_uri: one.refine(isOnThisMachine, 'an http address of this machine'),
});

/** The rest of an authorization request (RFC 6749, 4.1.1; RFC 7636, 4.3). */
const AuthorizationQuery = z.object({
  response_type: z.literal('code'),
  scope: one.transform((text) => text.split(' ')).refine((scopes) => scopes.includes('openid'), 'openid among others'),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
  state: one.optional(),
  nonce: one.optional(),
});

/** An authorization request: granted, or refused by a redirect to the client. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string | undefined;
  /** Undefined for an invalid request; `fault` is then the invalid parameter. */
  readonly granted: Grant | undefined;
  readonly fault: string | undefined;
}

interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string;
  readonly nonce: string | undefined;
}

interface Issued extends Grant {
  readonly person: Person;
  readonly until: number;
}

/** Parses an authorization request. Returns a sentence for the page if the client or its address is invalid, so that no redirect is possible. */
export function authorizationRequestIn(query: unknown): AuthorizationRequest | string {
  const client = Client.safeParse(query);
  if (!client.success) {
    const { path, message } = client.error.issues[0]!;
    return `${String(path[0])} cannot be used; expected ${message}.`;
  }
  const { client_id: clientId, redirect_uri: redirectUri } = client.data;
  const requested = AuthorizationQuery.safeParse(query);
  const { state } = query as { state?: unknown };
  const answered = { redirectUri, state: typeof state === 'string' ? state : undefined };
  if (!requested.success) return { ...answered, granted: undefined, fault: String(requested.error.issues[0]!.path[0]) };
  const { scope: scopes, code_challenge: challenge, nonce } = requested.data;
  return { ...answered, granted: { clientId, redirectUri, scopes, challenge, nonce }, fault: undefined };
}

/** Issued codes that are not exchanged yet. Each is valid once. */
export class AuthorizationCodes {
  private readonly issued = new Map<string, Issued>();

  issue(grant: Grant, person: Person): string {
    const code = randomBytes(32).toString('base64url');
    if (this.issued.size >= MAX_CODES) this.issued.delete(this.issued.keys().next().value!);
    this.issued.set(code, { ...grant, person, until: Date.now() + CODE_MS });
    return code;
  }

  /** Returns the grant of a token request's code; undefined if the code, the client, the address or the proof differs from the authorization request. */
  redeem(form: Readonly<Record<string, string>>): Issued | undefined {
    const issued = this.issued.get(form.code ?? '');
    this.issued.delete(form.code ?? '');
    if (!issued || issued.until < Date.now()) return undefined;
    const proof = createHash('sha256')
      .update(form.code_verifier ?? '')
      .digest('base64url');
    const isTheirs = form.client_id === issued.clientId && form.redirect_uri === issued.redirectUri;
    return isTheirs && proof === issued.challenge ? issued : undefined;
  }
}

/** RFC 8252, 7.3: a client on this machine may have any port. */
function isOnThisMachine(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'http:') return false;
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true;
  return isIPv4(hostname) && hostname.startsWith('127.');
}
