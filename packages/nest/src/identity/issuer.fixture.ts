import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

const AUDIENCE = 'https://shop.example/api';
const LIFETIME_SECONDS = 300;

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly sign: CryptoKey;
  readonly shown: JWK;
}

/** The parts of an OpenID Connect issuer that services use: metadata, keys, and signed tokens. */
export class TestIssuer {
  readonly audience = AUDIENCE;
  /** The number of requests for its keys. */
  requests = 0;
  /** The issuer in its metadata, instead of its own address. */
  claims: string | undefined;
  /** The address of its keys in the metadata, instead of the real one. */
  keysAt: string | undefined;
  private server: Server | undefined;
  private port = 0;
  private keys: Key[] = [];

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.server = createServer(({ url }, response) => {
      if (url === '/keys') this.requests++;
      const metadata = { issuer: this.claims ?? this.url, jwks_uri: this.keysAt ?? `${this.url}/keys` };
      response.end(JSON.stringify(url === '/keys' ? { keys: this.keys.map(({ shown }) => shown) } : metadata));
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    if (this.keys.length === 0) await this.rotate('RS256');
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server?.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Signs with a new key from now on; the old ones stay published. */
  async rotate(alg = 'RS256'): Promise<void> {
    const kid = `key-${this.keys.length + 1}`;
    const { privateKey, publicKey } = await generateKeyPair(alg);
    this.keys.push({ kid, alg, sign: privateKey, shown: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } });
  }

  /** Issues a token for `sub`; undefined claims are omitted. */
  token(sub: string, claims: JWTPayload = {}): Promise<string> {
    const { kid, alg, sign } = this.keys.at(-1)!;
    const now = Math.floor(Date.now() / 1_000);
    const usual = { iss: this.url, aud: AUDIENCE, sub, iat: now, exp: now + LIFETIME_SECONDS };
    return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg, kid, typ: 'at+jwt' }).sign(sign);
  }
}
