import { randomBytes } from 'node:crypto';
import type { Person } from './people.js';

const MAX_TOKENS = 10_000;

/** A sign-in that can be renewed. */
export interface Renewable {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly person: Person;
}

/** Refresh tokens, each valid once and until the process ends: RFC 9700, 4.14.2. */
export class RefreshTokens {
  private readonly issued = new Map<string, Renewable>();

  issue({ clientId, scopes, person }: Renewable): string {
    const token = randomBytes(32).toString('base64url');
    if (this.issued.size >= MAX_TOKENS) this.issued.delete(this.issued.keys().next().value!);
    this.issued.set(token, { clientId, scopes, person });
    return token;
  }

  /** Returns the sign-in of a token request; undefined for an unknown or used token, or that of another client. */
  redeem(form: Readonly<Record<string, string>>): Renewable | undefined {
    const token = form.refresh_token ?? '';
    const known = this.issued.get(token);
    if (known?.clientId !== form.client_id) return undefined;
    this.issued.delete(token);
    return known;
  }
}
