const NO_AUTHORITY =
  'no authority that is known here has signed its certificate. Set KAFKA_TLS_CA_FILE to that of the cluster.';
const NO_TLS = 'it does not speak TLS there. Correct KAFKA_BROKERS, or unset KAFKA_TLS.';

/** By the error codes of OpenSSL and Node.js for TLS connections. */
const BY_CODE: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: NO_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: NO_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NO_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: NO_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NO_AUTHORITY,
  CERT_SIGNATURE_FAILURE: NO_AUTHORITY,
  CERT_HAS_EXPIRED: 'its certificate has expired. Renew it on the brokers.',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet. Check the clocks.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host. Correct KAFKA_BROKERS, or have it made for the advertised names.',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
};

interface Detailed extends Error {
  readonly code?: unknown;
  readonly type?: unknown;
}

/**
 * Returns half a sentence with the reason why a reachable broker refuses a client, and the remedy; undefined for other errors.
 */
export function refusalOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const refusal = refusalIn(at);
    if (refusal) return refusal;
  }
  return undefined;
}

function refusalIn({ name, message, code, type }: Detailed): string | undefined {
  if (name === 'NoToken')
    return `${message}. Correct KAFKA_SASL_TOKEN_URL, KAFKA_SASL_CLIENT_ID or the client's secret.`;
  if (type === 'UNSUPPORTED_SASL_MECHANISM') {
    return 'it does not offer this way to log in. Set KAFKA_SASL_MECHANISM to one that its listener enables.';
  }
  if (name === 'KafkaJSSASLAuthenticationError') {
    // The connection broke during the handshake.
    if (/Closed connection|Connection (error|timeout)|Not connected/.test(message)) return undefined;
    return 'it refuses the user or the password. Correct KAFKA_SASL_USERNAME and the password, or make the user there.';
  }
  if (name === 'KafkaJSConnectionClosedError') {
    return 'it closes the connection at once. Set KAFKA_TLS and KAFKA_SASL_MECHANISM to the settings of its listener, or wait until it has started.';
  }
  if (typeof code !== 'string') return undefined;
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    return 'it refuses the certificate of this client, or requires one. Set KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE to a certificate that it trusts, and its key.';
  }
  return BY_CODE[code];
}
