import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { SignInFailure } from './sign-in-failure.js';

/** Timeout of a call to the issuer. */
const ANSWER_WITHIN_MS = 5_000;

/** The state of a pending sign-in, needed when the issuer redirects back. */
export const SignInUnderWay = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The page at which the sign-in started. */
  to: z.string(),
  /** No question to the user was allowed. */
  silent: z.boolean(),
});
export type SignInUnderWay = z.infer<typeof SignInUnderWay>;

export interface Tokens {
  readonly accessToken: string;
  /** The lifetime of the access token; undefined if the issuer does not specify it. */
  readonly seconds: number | undefined;
  /** Undefined if the issuer gives none; of a renewal, if the previous one stays valid. */
  readonly refreshToken: string | undefined;
}

/** The result of a sign-in. */
export interface SignedIn extends Tokens {
  readonly name: string;
}

/** Parameters of a sign-in. */
export interface Beginning {
  /** The page to return to. */
  readonly to: string;
  /** Forces a choice of the account. */
  readonly choose?: boolean | undefined;
  /** Without any question to the user: OpenID Connect Core, 3.1.2.1. */
  readonly silent?: boolean | undefined;
}

export interface IssuerClientOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  /** Of a confidential client. */
  readonly secret?: string | undefined;
  readonly scope: string;
}

/** The storefront as a client of an OpenID Connect issuer: authorization code with PKCE. Throws a {@link SignInFailure}. */
export class IssuerClient {
  private readonly client: oauth.Client;
  private readonly authentication: oauth.ClientAuth;
  private found: Promise<oauth.AuthorizationServer> | undefined;

  constructor(private readonly options: IssuerClientOptions) {
    this.client = { client_id: options.clientId };
    this.authentication = options.secret ? oauth.ClientSecretPost(options.secret) : oauth.None();
  }

  /** Returns the issuer's sign-in page. */
  async begin(
    redirectUri: string,
    { to, choose = false, silent = false }: Beginning,
  ): Promise<{ url: URL; underWay: SignInUnderWay }> {
    const { authorization_endpoint } = await this.server();
    const underWay = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
      to,
      silent,
    };
    const url = new URL(authorization_endpoint!);
    const { scope, audience } = this.options;
    const fields = {
      client_id: this.client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      // For Auth0, which issues an opaque token without it; others ignore it (RFC 6749, 3.1).
      audience,
      state: underWay.state,
      nonce: underWay.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(underWay.verifier),
      code_challenge_method: 'S256',
      ...(choose && { prompt: 'login' }),
      ...(silent && { prompt: 'none' }),
    };
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    return { url, underWay };
  }

  /** Exchanges the code of the redirect for tokens. */
  async finish(address: URL, redirectUri: string, { state, nonce, verifier }: SignInUnderWay): Promise<SignedIn> {
    const server = await this.server();
    try {
      const parameters = oauth.validateAuthResponse(server, this.client, address, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        this.client,
        this.authentication,
        parameters,
        redirectUri,
        verifier,
        REQUEST(),
      );
      const result = await oauth.processAuthorizationCodeResponse(server, this.client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
      const { sub, name, preferred_username } = oauth.getValidatedIdTokenClaims(result)!;
      return {
        ...tokensOf(result),
        name: [name, preferred_username].find((each) => typeof each === 'string' && each !== '')?.toString() ?? sub,
      };
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Exchanges a refresh token for a new access token. */
  async renew(refreshToken: string): Promise<Tokens> {
    const server = await this.server();
    try {
      const request = [server, this.client, this.authentication, refreshToken, REQUEST()] as const;
      const response = await oauth.refreshTokenGrantRequest(...request);
      if (response.status >= 500) throw new Error(`The token endpoint answered ${response.status}.`);
      return tokensOf(await oauth.processRefreshTokenResponse(server, this.client, response));
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Fetches the issuer's metadata once, and again after a failure. */
  private server(): Promise<oauth.AuthorizationServer> {
    this.found ??= discover(new URL(this.options.issuer));
    this.found.catch(() => {
      this.found = undefined;
    });
    return this.found;
  }
}

const tokensOf = (result: oauth.TokenEndpointResponse): Tokens => ({
  accessToken: result.access_token,
  seconds: result.expires_in,
  refreshToken: result.refresh_token,
});

/** Plain HTTP to another machine was already refused at boot. */
const REQUEST = () => ({ [oauth.allowInsecureRequests]: true, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });

async function discover(issuer: URL): Promise<oauth.AuthorizationServer> {
  try {
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, REQUEST()));
    if (!server.authorization_endpoint || !server.token_endpoint) throw new Error('The metadata have no endpoints.');
    return server;
  } catch (error) {
    throw new SignInFailure('unavailable', `The metadata of ${issuer.href} are unusable.`, { cause: error });
  }
}

function failureOf(error: unknown): SignInFailure {
  const options = { cause: error };
  if (error instanceof oauth.AuthorizationResponseError) return new SignInFailure('refused', error.message, options);
  if (error instanceof oauth.ResponseBodyError) return new SignInFailure('refused', error.message, options);
  if (error instanceof oauth.OperationProcessingError) return new SignInFailure('unusable', error.message, options);
  return new SignInFailure('unavailable', 'The issuer does not respond.', options);
}
