import { Controller, Get, Header, HttpCode, Inject, Optional, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { LOG, Problem, Public, TOKEN_VERIFIER, type TokenVerifier } from '@quadrille/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { BrowserSession } from './browser-session.js';
import { cookieOf, packed, SIGN_IN_PATH, setCookie, unpacked } from './cookies.js';
import { type IssuerClient, SignInUnderWay } from './issuer-client.js';
import { SignInFailure } from './sign-in-failure.js';

/** Lifetime of a pending sign-in. */
const UNDER_WAY_SECONDS = 600;

/** A path of this origin; rejects addresses of other origins in any notation. */
const To = z
  .string()
  .max(1_000)
  .regex(/^\/(?![/\\])[^\s\\]*$/);
const Going = z.object({ to: To.catch('/'), choose: z.literal('1').optional(), silent: z.literal('1').optional() });

const Session = z.object({
  authenticationRequired: z.boolean().describe('Whether services authenticate callers (AUTH_ISSUER).'),
  canSignIn: z.boolean().describe('Whether sign-in is configured (AUTH_CLIENT_ID).'),
  person: z
    .object({ name: z.string(), customerId: z.string().nullable(), isOperator: z.boolean() })
    .nullable()
    .describe('The signed-in user; null without one.'),
  expired: z
    .boolean()
    .describe('Whether the session of a user expired, so that the issuer may sign them in again without a question.'),
});
type Session = z.infer<typeof Session>;

/** Sign-in with the issuer, and sign-out. */
@ApiTags('sign-in')
@Controller()
export class SignInController {
  constructor(
    private readonly browser: BrowserSession,
    @Inject(LOG) private readonly log: { warn(fields: object, msg: string): void },
    @Optional() @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier | undefined,
  ) {}

  @Public()
  @Get('session')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Get the signed-in user' })
  @ApiResponse({ status: 200, standardSchema: Session })
  async session(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Session> {
    const authenticationRequired = this.verifier !== undefined;
    const canSignIn = this.browser.issuer !== undefined;
    const expired = canSignIn && this.browser.nameIn(request) !== undefined;
    const without = { authenticationRequired, canSignIn, person: null, expired };
    const token = await this.browser.tokenOf(request, reply);
    if (!this.verifier || token === undefined) return without;
    const verified = await Promise.resolve(this.verifier.verify(token)).catch((error: unknown) => {
      // An expired token counts as signed out; an outage of the issuer does not change the state.
      if (error instanceof Problem && error.status === 401) return undefined;
      throw error;
    });
    if (!verified) return without;
    const { principal, isOperator } = verified;
    const name = this.browser.nameIn(request) ?? principal.subject ?? '';
    const person = { name, customerId: principal.customerId ?? null, isOperator };
    return { authenticationRequired, canSignIn, person, expired: false };
  }

  @Public()
  @Get('sign-in')
  @ApiExcludeEndpoint()
  async signIn(@Query() query: object, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { to, choose, silent } = Going.parse(query);
    // Without the user's name the session is no longer expired but over: a page tries this once.
    if (silent) this.browser.end(reply);
    await this.orExplain(reply, async (client) => {
      const { url, underWay } = await client.begin(callbackOf(request), {
        ...{ to, choose: choose === '1', silent: silent === '1' },
      });
      setCookie(reply, 'sign-in', packed(underWay), UNDER_WAY_SECONDS);
      return url.href;
    });
  }

  @Public()
  @Get('sign-in/callback')
  @ApiExcludeEndpoint()
  async back(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.orExplain(reply, async (client) => {
      const underWay = SignInUnderWay.safeParse(unpacked(cookieOf(request, 'sign-in')));
      setCookie(reply, 'sign-in', '', 0);
      if (!underWay.success) throw new SignInFailure('too-late', 'No sign-in is pending in this browser.');
      const address = new URL(request.url, callbackOf(request));
      const to = To.catch('/').parse(underWay.data.to);
      try {
        await this.browser.begin(reply, await client.finish(address, callbackOf(request), underWay.data));
      } catch (error) {
        // A question to the user is necessary: the page offers a sign-in.
        if (underWay.data.silent && error instanceof SignInFailure && error.code === 'refused') return to;
        throw error;
      }
      return to;
    });
  }

  @Public()
  @Post('sign-out')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out in this browser' })
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    this.browser.end(reply);
  }

  /** Redirects to the result of `go`, or to the shop, which reports the failure. */
  private async orExplain(reply: FastifyReply, go: (client: IssuerClient) => Promise<string>): Promise<void> {
    reply.header('cache-control', 'no-store');
    try {
      const { issuer } = this.browser;
      if (!issuer) throw new Problem(404, 'no-sign-in', 'Sign-in is not configured (AUTH_CLIENT_ID).');
      reply.redirect(await go(issuer), 302);
    } catch (error) {
      if (!(error instanceof SignInFailure)) throw error;
      this.log.warn({ code: error.code, cause: String(error.cause ?? '') }, `sign-in failed: ${error.message}`);
      reply.redirect(`/?sign-in-failed=${error.code}`, 302);
    }
  }
}

/** Behind a proxy with TLS, TRUSTED_PROXIES makes the protocol known. */
const callbackOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}${SIGN_IN_PATH}/callback`;
