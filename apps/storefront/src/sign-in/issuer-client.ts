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
});
export type SignInUnderWay = z.infer<typeof SignInUnderWay>;

/** The result of a sign-in. */
export interface SignedIn {
  readonly accessToken: string;
  /** Undefined if the issuer does not specify it. */
  readonly seconds: number | undefined;
  readonly name: string;
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

  /** Returns the issuer's sign-in page. `choose`: forces a choice of the account. */
  async begin(redirectUri: string, to: string, choose: boolean): Promise<{ url: URL; underWay: SignInUnderWay }> {
    const { authorization_endpoint } = await this.server();
    const underWay = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
      to,
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
        accessToken: result.access_token,
        seconds: result.expires_in,
        name: [name, preferred_username].find((each) => typeof each === 'string' && each !== '')?.toString() ?? sub,
      };
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
