import type { KafkaConfig, SASLOptions } from 'kafkajs';

/** How a client knows that a broker is the cluster's, and how the cluster knows the client. Nothing of it is ever logged. */
export interface Security {
  readonly tls?: Tls;
  readonly sasl?: PasswordLogin | TokenLogin;
}

/** PEM texts. Without `ca`, brokers are believed whose certificate a public authority has signed. */
export interface Tls {
  readonly ca?: string;
  /** What the client shows to brokers that demand a certificate. */
  readonly cert?: string;
  readonly key?: string;
}

/** `password` is called at each login, so that a rotated one is taken without a restart. */
export interface PasswordLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: () => string;
}

/** `token` is called at each login; it should keep its token for as long as that is good. */
export interface TokenLogin {
  readonly mechanism: 'oauthbearer';
  readonly token: () => Promise<string>;
}

/** The same for kafkajs; anew for each client, since kafkajs keeps things in it. */
export function forKafkajs({ tls, sasl }: Security = {}): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return { ...(tls && { ssl: { ...tls } }), ...(sasl && { sasl: loginOf(sasl) }) };
}

function loginOf(login: PasswordLogin | TokenLogin): SASLOptions {
  if (login.mechanism === 'oauthbearer') {
    return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await login.token() }) };
  }
  const { mechanism, username, password } = login;
  return {
    mechanism: mechanism as 'plain',
    username,
    get password() {
      return password();
    },
  };
}
