import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { OPERATOR_SCOPE, type Person, scopesFor } from './people.js';
import { ALGORITHM, type SigningKey } from './signing-key.js';

/** A working day: a demonstration should not end in the middle. Real issuers take minutes, and renew. */
const TOKEN_SECONDS = 8 * 3_600;

/** What a token endpoint answers: RFC 6749, 5.1, and OpenID Connect Core, 3.1.3.3. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
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

  /** An access token with all that the person may do. */
  async accessOf(person: Person, clientId: string, scopes = ['openid', OPERATOR_SCOPE]): Promise<TokenAnswer> {
    const scope = scopesFor(person, scopes).join(' ');
    // RFC 9068
    const claims = { client_id: clientId, scope, jti: randomUUID() };
    const access_token = await this.sign(person.sub, this.audience, claims, 'at+jwt');
    return { access_token, token_type: 'Bearer', expires_in: TOKEN_SECONDS, scope };
  }

  /** The access token, and the ID token that says who has signed in. */
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
