import { Body, Controller, Get, Header, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AuthorizationCodes, authorizationRequestIn } from './authorization.js';
import { OPERATOR_SCOPE, PEOPLE, personNamed } from './people.js';
import { PAGE_POLICY, peoplePage } from './people-page.js';
import { RefreshTokens, type Renewable } from './refresh-tokens.js';
import { ALGORITHM } from './signing-key.js';
import { type TokenAnswer, Tokens } from './tokens.js';

type Texts = Readonly<Record<string, string>>;

/** The client of tokens that a command requests. */
const COMMAND_LINE = 'command-line';

/** OpenID Connect: discovery, keys, authorization code with PKCE; and tokens for commands. */
@ApiTags('openid')
@Controller()
export class OpenIdController {
  constructor(
    private readonly tokens: Tokens,
    private readonly codes: AuthorizationCodes,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  @Get('.well-known/openid-configuration')
  @ApiOperation({ summary: 'OpenID Connect Discovery 1.0' })
  metadata() {
    const { issuer } = this.tokens;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      prompt_values_supported: ['none', 'login'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [ALGORITHM],
      token_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['openid', 'profile', OPERATOR_SCOPE],
      authorization_response_iss_parameter_supported: true,
    };
  }

  @Get('jwks')
  @ApiOperation({ summary: 'The public key of the tokens: RFC 7517' })
  keys() {
    return { keys: [this.tokens.key.shown] };
  }

  @Get('authorize')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A page to choose a person on; with `person`, back to the client with a code' })
  authorize(@Query() query: Texts, @Res() reply: FastifyReply): FastifyReply {
    const request = authorizationRequestIn(query);
    if (typeof request === 'string') {
      return reply.status(400).send({ error: 'invalid_request', error_description: request });
    }
    const { redirectUri, state, granted, fault } = request;
    const answer = (fields: Texts) => {
      const back = new URL(redirectUri);
      const usual = { iss: this.tokens.issuer, ...(state !== undefined && { state }) };
      for (const [name, value] of Object.entries({ ...usual, ...fields })) back.searchParams.set(name, value);
      return reply.redirect(back.href, 302);
    };
    if (!granted) return answer({ error: 'invalid_request', error_description: `${fault} cannot be used.` });
    const person = personNamed(query.person);
    if (person) return answer({ code: this.codes.issue(granted, person) });
    // Without sessions a question is necessary.
    if (query.prompt === 'none') return answer({ error: 'login_required' });
    return reply
      .headers({ 'content-security-policy': PAGE_POLICY, 'content-type': 'text/html; charset=utf-8' })
      .send(peoplePage(query));
  }

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Tokens for a code or a refresh token: RFC 6749, 4.1.3 and 6' })
  async token(@Body() form: Texts | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    const answer = await this.tokensFor(form ?? {});
    if ('error' in answer) reply.status(400);
    return answer;
  }

  private async tokensFor(form: Texts): Promise<TokenAnswer | { readonly error: string }> {
    if (form.grant_type === 'authorization_code') {
      const issued = this.codes.redeem(form);
      if (issued) return this.renewable(await this.tokens.signIn(issued.person, issued), issued);
    } else if (form.grant_type === 'refresh_token') {
      const known = this.refreshTokens.redeem(form);
      if (known)
        return this.renewable(await this.tokens.accessOf(known.person, known.clientId, [...known.scopes]), known);
    } else {
      return { error: 'unsupported_grant_type' };
    }
    return { error: 'invalid_grant' };
  }

  private renewable(answer: TokenAnswer, signIn: Renewable): TokenAnswer {
    return { ...answer, refresh_token: this.refreshTokens.issue(signIn) };
  }

  /** Not part of OpenID Connect: commands have no browser. The body is JSON, which no page of another origin can send. */
  @Post('people/tokens')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'An access token for a person: `{"person":"operator"}`' })
  async tokenOf(@Body() body: { person?: unknown } | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    const person = personNamed(body?.person);
    if (person) return this.tokens.accessOf(person, COMMAND_LINE);
    reply.status(400);
    const error_description = `There is no such person; expected one of ${PEOPLE.map(({ key }) => key).join(', ')}.`;
    return { error: 'invalid_request', error_description };
  }
}
