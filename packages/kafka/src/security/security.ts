import type { KafkaConfig, SASLOptions } from 'kafkajs';

/** How client and cluster authenticate each other. Never logged. */
export interface Security {
  readonly tls?: Tls;
  readonly sasl?: PasswordLogin | TokenLogin;
}

/** PEM texts. Without `ca`, certificates of public authorities are trusted. */
export interface Tls {
  readonly ca?: string;
  /** The client's certificate, for brokers that require one. */
  readonly cert?: string;
  readonly key?: string;
}

/** `password` is called at each login, so that a rotated one is used without a restart. */
export interface PasswordLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: () => string;
}

/** `token` is called at each login; it should cache its token during its lifetime. */
export interface TokenLogin {
  readonly mechanism: 'oauthbearer';
  readonly token: () => Promise<string>;
}

/** Converts the settings for kafkajs; anew for each client, because kafkajs stores state in them. */
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
