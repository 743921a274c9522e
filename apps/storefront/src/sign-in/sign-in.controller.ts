import { Controller, Get, Header, HttpCode, Inject, Optional, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  type CommonEnvironment,
  ENVIRONMENT,
  LOG,
  Problem,
  Public,
  TOKEN_VERIFIER,
  type TokenVerifier,
} from '@quadrille/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StorefrontEnvironment } from '../environment.js';
import { accessTokenOf } from './access-token.js';
import { cookieOf, packed, SIGN_IN_PATH, setCookie, unpacked } from './cookies.js';
import { IssuerClient, type SignedIn, SignInUnderWay } from './issuer-client.js';
import { SignInFailure } from './sign-in-failure.js';

/** Lifetime of a pending sign-in. */
const UNDER_WAY_SECONDS = 600;
/** Browsers store 4,096 bytes per cookie, including its name and attributes. */
const MAX_TOKEN_CHARACTERS = 3_900;

/** A path of this origin; rejects addresses of other origins in any notation. */
const To = z
  .string()
  .max(1_000)
  .regex(/^\/(?![/\\])[^\s\\]*$/);
const Going = z.object({ to: To.catch('/'), choose: z.literal('1').optional() });

const Session = z.object({
  asked: z.boolean().describe('Whether services authenticate callers (AUTH_ISSUER).'),
  canSignIn: z.boolean().describe('Whether sign-in is configured (AUTH_CLIENT_ID).'),
  person: z
    .object({ name: z.string(), customerId: z.string().nullable(), isOperator: z.boolean() })
    .nullable()
    .describe('The signed-in user; null without one.'),
});
type Session = z.infer<typeof Session>;

/** Sign-in with the issuer, and sign-out. The access token is in a cookie that scripts cannot read. */
@ApiTags('sign-in')
@Controller()
export class SignInController {
  private readonly client: IssuerClient | undefined;

  constructor(
    @Inject(ENVIRONMENT) env: StorefrontEnvironment & CommonEnvironment,
    @Inject(LOG) private readonly log: { warn(fields: object, msg: string): void },
    @Optional() @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier | undefined,
  ) {
    const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_CLIENT_ID: clientId } = env;
    if (!issuer || !audience || !clientId) return;
    const { AUTH_CLIENT_SECRET: secret, AUTH_SCOPE: scope } = env;
    this.client = new IssuerClient({ issuer, audience, clientId, secret, scope });
  }

  @Public()
  @Get('session')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Get the signed-in user' })
  @ApiResponse({ status: 200, standardSchema: Session })
  async session(@Req() request: FastifyRequest): Promise<Session> {
    const asked = this.verifier !== undefined;
    const canSignIn = this.client !== undefined;
    const token = accessTokenOf(request);
    if (!this.verifier || token === undefined) return { asked, canSignIn, person: null };
    const verified = await Promise.resolve(this.verifier.verify(token)).catch((error: unknown) => {
      // An expired token counts as signed out; an outage of the issuer does not change the state.
      if (error instanceof Problem && error.status === 401) return undefined;
      throw error;
    });
    if (!verified) return { asked, canSignIn, person: null };
    const { principal, isOperator } = verified;
    const name = z
      .string()
      .catch(principal.subject ?? '')
      .parse(unpacked(cookieOf(request, 'person')));
    return { asked, canSignIn, person: { name, customerId: principal.customerId ?? null, isOperator } };
  }

  @Public()
  @Get('sign-in')
  @ApiExcludeEndpoint()
  async signIn(@Query() query: object, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { to, choose } = Going.parse(query);
    await this.orTell(reply, async (client) => {
      const { url, underWay } = await client.begin(callbackOf(request), to, choose === '1');
      setCookie(reply, 'sign-in', packed(underWay), UNDER_WAY_SECONDS);
      return url.href;
    });
  }

  @Public()
  @Get('sign-in/callback')
  @ApiExcludeEndpoint()
  async back(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.orTell(reply, async (client) => {
      const underWay = SignInUnderWay.safeParse(unpacked(cookieOf(request, 'sign-in')));
      setCookie(reply, 'sign-in', '', 0);
      if (!underWay.success) throw new SignInFailure('too-late', 'No sign-in is pending in this browser.');
      const address = new URL(request.url, callbackOf(request));
      const signedIn = await client.finish(address, callbackOf(request), underWay.data);
      await this.demandUsable(signedIn);
      setCookie(reply, 'access-token', signedIn.accessToken, signedIn.seconds);
      setCookie(reply, 'person', packed(signedIn.name), signedIn.seconds);
      return To.catch('/').parse(underWay.data.to);
    });
  }

  @Public()
  @Post('sign-out')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out in this browser' })
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    setCookie(reply, 'access-token', '', 0);
    setCookie(reply, 'person', '', 0);
  }

  /** Rejects tokens that services would reject, so that the reason can be reported here. */
  private async demandUsable({ accessToken }: SignedIn): Promise<void> {
    if (accessToken.length > MAX_TOKEN_CHARACTERS) {
      const sentence = `The access token has ${accessToken.length} characters; browsers store ${MAX_TOKEN_CHARACTERS}. Configure the issuer to add fewer claims.`;
      throw new SignInFailure('unusable', sentence);
    }
    await Promise.resolve(this.verifier!.verify(accessToken)).catch((error: Error) => {
      throw new SignInFailure('unusable', `The access token is not valid here: ${error.message}`, { cause: error });
    });
  }

  /** Redirects to the result of `go`, or to the shop, which reports the failure. */
  private async orTell(reply: FastifyReply, go: (client: IssuerClient) => Promise<string>): Promise<void> {
    reply.header('cache-control', 'no-store');
    try {
      if (!this.client) throw new Problem(404, 'no-sign-in', 'Sign-in is not configured (AUTH_CLIENT_ID).');
      reply.redirect(await go(this.client), 302);
    } catch (error) {
      if (!(error instanceof SignInFailure)) throw error;
      this.log.warn({ code: error.code, cause: String(error.cause ?? '') }, `sign-in failed: ${error.message}`);
      reply.redirect(`/?sign-in-failed=${error.code}`, 302);
    }
  }
}

/** Behind a proxy with TLS, TRUSTED_PROXIES makes the protocol known. */
const callbackOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}${SIGN_IN_PATH}/callback`;
