import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  type CommonEnvironment,
  ENVIRONMENT,
  LOG,
  Problem,
  TOKEN_VERIFIER,
  type TokenReader,
  type TokenVerifier,
} from '@quadrille/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StorefrontEnvironment } from '../environment.js';
import { accessTokenOf, expiresSoon } from './access-token.js';
import { type CookieName, cookieOf, packed, setCookie, unpacked } from './cookies.js';
import { IssuerClient, type SignedIn, type Tokens } from './issuer-client.js';
import { SignInFailure } from './sign-in-failure.js';

/** Browsers store 4,096 bytes per cookie, including its name and attributes. */
const MAX_TOKEN_CHARACTERS = 3_900;
/** The issuer may end a session earlier. */
const SESSION_SECONDS = 30 * 86_400;
/** Requests that were sent with the previous refresh token get the same tokens: issuers accept each refresh token once. */
const RENEWED_MS = 60_000;
const MAX_RENEWED = 10_000;
const RETRY_AFTER_SECONDS = 5;

/** The signed-in user of a browser, in cookies that scripts cannot read: an access token, and the refresh token that renews it. */
@Injectable()
export class BrowserSession implements TokenReader {
  /** Undefined if sign-in is not configured. */
  readonly issuer: IssuerClient | undefined;
  /** By refresh token. */
  private readonly renewed = new Map<string, Promise<Tokens | undefined>>();

  constructor(
    @Inject(ENVIRONMENT) env: StorefrontEnvironment & CommonEnvironment,
    @Inject(LOG) private readonly log: { warn(fields: object, msg: string): void },
    @Optional() @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier | undefined,
  ) {
    const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_CLIENT_ID: clientId } = env;
    if (!issuer || !audience || !clientId) return;
    const { AUTH_CLIENT_SECRET: secret, AUTH_SCOPE: scope } = env;
    this.issuer = new IssuerClient({ issuer, audience, clientId, secret, scope });
  }

  /**
   * Returns the access token of a request. An expired one is renewed, and its cookies are set with the response. Throws a problem
   * 503 while the issuer does not respond.
   */
  async tokenOf(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    const token = accessTokenOf(request);
    // A token in Authorization is the caller's own; the cookies do not replace it.
    const refreshToken = request.headers.authorization === undefined ? cookieOf(request, 'refresh-token') : undefined;
    if (!this.issuer || refreshToken === undefined || (token !== undefined && !expiresSoon(token))) return token;
    const tokens = await this.renew(refreshToken);
    if (!tokens) {
      this.clear(reply, 'access-token', 'refresh-token');
      return undefined;
    }
    this.store(reply, tokens);
    // For the rest of this request.
    request.headers.authorization = `Bearer ${tokens.accessToken}`;
    return tokens.accessToken;
  }

  /** Starts the session in the cookies of the response. Throws a {@link SignInFailure} for a token that services would reject. */
  async begin(reply: FastifyReply, { name, ...tokens }: SignedIn): Promise<void> {
    await this.demandUsable(tokens);
    this.store(reply, tokens);
    setCookie(reply, 'person', packed(name), SESSION_SECONDS);
  }

  /** The name of the user, also after the session has expired; undefined after its end. */
  nameIn(request: FastifyRequest): string | undefined {
    return z
      .string()
      .optional()
      .catch(undefined)
      .parse(unpacked(cookieOf(request, 'person')));
  }

  /** Ends the session. */
  end(reply: FastifyReply): void {
    this.clear(reply, 'access-token', 'refresh-token', 'person');
  }

  private clear(reply: FastifyReply, ...names: readonly CookieName[]): void {
    for (const name of names) setCookie(reply, name, '', 0);
  }

  private store(reply: FastifyReply, { accessToken, seconds, refreshToken }: Tokens): void {
    setCookie(reply, 'access-token', accessToken, seconds);
    if (refreshToken !== undefined) setCookie(reply, 'refresh-token', refreshToken, SESSION_SECONDS);
  }

  /** Returns undefined if the issuer has ended the session. */
  private renew(refreshToken: string): Promise<Tokens | undefined> {
    const known = this.renewed.get(refreshToken);
    if (known) return known;
    const renewing = this.renewAnew(refreshToken);
    if (this.renewed.size >= MAX_RENEWED) this.renewed.delete(this.renewed.keys().next().value!);
    this.renewed.set(refreshToken, renewing);
    const forget = () => void this.renewed.delete(refreshToken);
    renewing.then(() => setTimeout(forget, RENEWED_MS).unref(), forget);
    return renewing;
  }

  private async renewAnew(refreshToken: string): Promise<Tokens | undefined> {
    try {
      const tokens = await this.issuer!.renew(refreshToken);
      await this.demandUsable(tokens);
      return tokens;
    } catch (error) {
      if (!(error instanceof SignInFailure)) throw error;
      this.log.warn({ code: error.code, cause: String(error.cause ?? '') }, `session not renewed: ${error.message}`);
      if (error.code !== 'unavailable') return undefined;
      const detail = 'Your session cannot be renewed at the moment. Try again soon.';
      throw new Problem(503, 'identity-unavailable', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
    }
  }

  /** Rejects tokens that services would reject, so that the reason can be reported here. */
  private async demandUsable({ accessToken }: Tokens): Promise<void> {
    if (accessToken.length > MAX_TOKEN_CHARACTERS) {
      const sentence = `The access token has ${accessToken.length} characters; browsers store ${MAX_TOKEN_CHARACTERS}. Configure the issuer to add fewer claims.`;
      throw new SignInFailure('unusable', sentence);
    }
    await Promise.resolve(this.verifier!.verify(accessToken)).catch((error: Error) => {
      throw new SignInFailure('unusable', `The access token is not valid here: ${error.message}`, { cause: error });
    });
  }
}
