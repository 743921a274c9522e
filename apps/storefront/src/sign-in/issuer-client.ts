import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { SignInFailure } from './sign-in-failure.js';

/** An issuer answers within so long, or not at all. */
const ANSWER_WITHIN_MS = 5_000;

/** What must be known again when the browser comes back from the issuer. */
export const SignInUnderWay = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The page from which one went to sign in. */
  to: z.string(),
});
export type SignInUnderWay = z.infer<typeof SignInUnderWay>;

/** Who has signed in. */
export interface SignedIn {
  readonly accessToken: string;
  /** Undefined where the issuer does not say. */
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

  /** Where the browser signs in. `choose`: also where the issuer would know who sits there. */
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
      // Of Auth0, which gives an opaque token without it; others ignore it (RFC 6749, 3.1).
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

  /** Exchanges the code in the address to which the issuer sent the browser. */
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

  /** Its metadata; asked for once, and again after a failure. */
  private server(): Promise<oauth.AuthorizationServer> {
    this.found ??= discover(new URL(this.options.issuer));
    this.found.catch(() => {
      this.found = undefined;
    });
    return this.found;
  }
}

/** Plain HTTP was refused at boot where it leads away from this machine. */
const REQUEST = () => ({ [oauth.allowInsecureRequests]: true, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });

async function discover(issuer: URL): Promise<oauth.AuthorizationServer> {
  try {
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, REQUEST()));
    if (!server.authorization_endpoint || !server.token_endpoint) throw new Error('The metadata name no endpoints.');
    return server;
  } catch (error) {
    throw new SignInFailure('unavailable', `The metadata of ${issuer.href} cannot be used.`, { cause: error });
  }
}

function failureOf(error: unknown): SignInFailure {
  const options = { cause: error };
  if (error instanceof oauth.AuthorizationResponseError) return new SignInFailure('refused', error.message, options);
  if (error instanceof oauth.ResponseBodyError) return new SignInFailure('refused', error.message, options);
  if (error instanceof oauth.OperationProcessingError) return new SignInFailure('unusable', error.message, options);
  return new SignInFailure('unavailable', 'The issuer does not answer.', options);
}
