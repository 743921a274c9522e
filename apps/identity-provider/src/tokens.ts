import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { OPERATOR_SCOPE, type Person, scopesFor } from './people.js';
import { ALGORITHM, type SigningKey } from './signing-key.js';

/** A working day, so that commands are not interrupted. Real issuers use minutes. */
const TOKEN_SECONDS = 8 * 3_600;

/** The response of a token endpoint: RFC 6749, 5.1, and OpenID Connect Core, 3.1.3.3. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
}

export interface SignIn {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly nonce: string | undefined;
}

/** Signs tokens of one issuer for one audience. */
export class Tokens {
  constructor(
    readonly issuer: string,
    private readonly audience: string,
    readonly key: SigningKey,
  ) {}

  /** Returns an access token with the given scopes that the person has. */
  async accessOf(person: Person, clientId: string, scopes = ['openid', OPERATOR_SCOPE]): Promise<TokenAnswer> {
    const scope = scopesFor(person, scopes).join(' ');
    // RFC 9068
    const claims = { client_id: clientId, scope, jti: randomUUID() };
    const access_token = await this.sign(person.sub, this.audience, claims, 'at+jwt');
    return { access_token, token_type: 'Bearer', expires_in: TOKEN_SECONDS, scope };
  }

  /** Returns the access token, and the ID token with the identity of the person. */
  async signIn(person: Person, { clientId, scopes, nonce }: SignIn): Promise<TokenAnswer> {
    const answer = await this.accessOf(person, clientId, [...scopes]);
    const claims = { name: person.name, preferred_username: person.key, ...(nonce && { nonce }) };
    return { ...answer, id_token: await this.sign(person.sub, clientId, claims, 'JWT') };
  }

  private sign(sub: string, audience: string, claims: object, typ: string): Promise<string> {
    const { kid, sign } = this.key;
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ })
      .setIssuer(this.issuer)
      .setSubject(sub)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS} s`)
      .sign(sign);
  }
}
