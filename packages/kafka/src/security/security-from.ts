import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { addressOf } from '../addresses.js';
import { clientCredentials } from './client-credentials.js';
import { plainHttpProblem } from './plain-http.js';
import { SecurityProblem, secretOf, textOf, type Variables } from './secret.js';
import type { PasswordLogin, Security, Tls, TokenLogin } from './security.js';

/** The supported SASL mechanisms. */
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

const TLS_FILES = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const;
const PASSWORD_VARIABLES = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD', 'KAFKA_SASL_PASSWORD_FILE'] as const;
const TOKEN_VARIABLES = [
  'KAFKA_SASL_TOKEN_URL',
  'KAFKA_SASL_CLIENT_ID',
  'KAFKA_SASL_CLIENT_SECRET',
  'KAFKA_SASL_CLIENT_SECRET_FILE',
] as const;

/**
 * Reads `KAFKA_TLS…` and `KAFKA_SASL_…`; undefined for an open cluster. Throws a {@link SecurityProblem} for contradictions,
 * unusable files, or a password that would be sent in the clear.
 */
export function securityFrom(variables: Variables, brokers: readonly string[]): Security | undefined {
  const tls = tlsFrom(variables);
  const sasl = saslFrom(variables);
  if (!tls && sasl?.mechanism === 'plain') {
    const far = brokers.find((broker) => !isLoopback(broker));
    if (far) {
      throw new SecurityProblem(
        `KAFKA_SASL_MECHANISM is plain, and without TLS the password would go to ${far} in the clear. Set KAFKA_TLS=1, or take scram-sha-512.`,
      );
    }
  }
  return tls || sasl ? { ...(tls && { tls }), ...(sasl && { sasl }) } : undefined;
}

function tlsFrom(variables: Variables): Tls | undefined {
  const [caFile, certFile, keyFile] = TLS_FILES.map((name) => variables[name]);
  if (!/^(1|true|yes|on)$/i.test(variables.KAFKA_TLS ?? '')) {
    const unused = TLS_FILES.find((name) => variables[name]);
    if (unused) throw new SecurityProblem(`${unused} is set, but TLS is off. Set KAFKA_TLS=1, or unset ${unused}.`);
    return undefined;
  }
  if (!certFile !== !keyFile) {
    const [there, missing] = certFile ? [TLS_FILES[1], TLS_FILES[2]] : [TLS_FILES[2], TLS_FILES[1]];
    throw new SecurityProblem(`${there} is set without ${missing}. Set both, or neither.`);
  }
  const ca = caFile && textOf(TLS_FILES[0], caFile);
  if (caFile) certificateIn(TLS_FILES[0], caFile, ca!);
  if (!certFile || !keyFile) return ca ? { ca } : {};
  const [cert, key] = [textOf(TLS_FILES[1], certFile), textOf(TLS_FILES[2], keyFile)];
  if (!certificateIn(TLS_FILES[1], certFile, cert).checkPrivateKey(keyIn(keyFile, key))) {
    throw new SecurityProblem(
      'KAFKA_TLS_KEY_FILE is not the key of the certificate in KAFKA_TLS_CERT_FILE. Name files that belong together.',
    );
  }
  return { ...(ca && { ca }), cert, key };
}

/** Returns the first certificate of the file, which must be valid. */
function certificateIn(variable: string, path: string, pem: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new SecurityProblem(`${variable} is ${JSON.stringify(path)}, which holds no certificate. Name a PEM file.`);
  }
  if (Date.parse(certificate.validTo) < Date.now()) {
    throw new SecurityProblem(
      `${variable} is ${JSON.stringify(path)}, whose certificate expired on ${certificate.validTo}. Put a new one there.`,
    );
  }
  return certificate;
}

function keyIn(path: string, pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SecurityProblem(
      `KAFKA_TLS_KEY_FILE is ${JSON.stringify(path)}, which holds no key that can be used. Name a PEM file without a passphrase.`,
    );
  }
}

function saslFrom(variables: Variables): PasswordLogin | TokenLogin | undefined {
  const mechanism = variables.KAFKA_SASL_MECHANISM?.toLowerCase() as (typeof SASL_MECHANISMS)[number] | undefined;
  const demandNone = (names: readonly string[], why: string) => {
    const given = names.find((name) => variables[name]);
    if (given)
      throw new SecurityProblem(
        `${given} is set, but ${why}. Set KAFKA_SASL_MECHANISM to one that uses it, or unset ${given}.`,
      );
  };
  const demand = <Value>(value: Value | undefined | '', name: string): Value => {
    if (!value) throw new SecurityProblem(`KAFKA_SASL_MECHANISM is ${mechanism}, and ${name} is missing. Set it.`);
    return value as Value;
  };
  if (!mechanism) {
    demandNone([...PASSWORD_VARIABLES, ...TOKEN_VARIABLES], 'there is no KAFKA_SASL_MECHANISM');
    return undefined;
  }
  if (!SASL_MECHANISMS.includes(mechanism)) {
    throw new SecurityProblem(
      `KAFKA_SASL_MECHANISM is ${JSON.stringify(variables.KAFKA_SASL_MECHANISM)}; expected one of ${SASL_MECHANISMS.join(', ')}.`,
    );
  }
  if (mechanism !== 'oauthbearer') {
    demandNone(TOKEN_VARIABLES, `KAFKA_SASL_MECHANISM is ${mechanism}`);
    const username = demand(variables.KAFKA_SASL_USERNAME, 'KAFKA_SASL_USERNAME');
    const password = demand(
      secretOf('KAFKA_SASL_PASSWORD', variables),
      'KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE',
    );
    return { mechanism, username, password };
  }
  demandNone(PASSWORD_VARIABLES, 'KAFKA_SASL_MECHANISM is oauthbearer');
  const tokenUrl = demand(variables.KAFKA_SASL_TOKEN_URL, 'KAFKA_SASL_TOKEN_URL');
  if (!/^https?:$/.test(URL.canParse(tokenUrl) ? new URL(tokenUrl).protocol : '')) {
    throw new SecurityProblem(
      'KAFKA_SASL_TOKEN_URL is not usable; expected an address such as https://login.example.com/token.',
    );
  }
  const problem = plainHttpProblem('KAFKA_SASL_TOKEN_URL', tokenUrl, variables.PLAIN_HTTP_HOSTS);
  if (problem) throw new SecurityProblem(problem);
  const clientId = demand(variables.KAFKA_SASL_CLIENT_ID, 'KAFKA_SASL_CLIENT_ID');
  const name = 'KAFKA_SASL_CLIENT_SECRET';
  const secret = demand(secretOf(name, variables), `${name} or ${name}_FILE`);
  return { mechanism, token: clientCredentials({ tokenUrl, clientId, secret }) };
}

/** Whether traffic to the broker stays on this machine. */
function isLoopback(broker: string): boolean {
  const host = addressOf(broker)?.host ?? '';
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
