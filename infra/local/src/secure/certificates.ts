import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { X509Certificate } from '@peculiar/x509';

/** A certificate and its key in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** A private certificate authority; its certificates are valid for this machine only. */
export interface Authority {
  /** The certificate that clients must trust. */
  readonly certificate: string;
  /** Issues a certificate for a server and client with that name, reached by `localhost` and 127.0.0.1 unless hosts are given. */
  sign(name: string, options?: { readonly hosts?: readonly string[]; readonly until?: Date }): Promise<Identity>;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** The clocks of a machine and its containers may differ slightly. */
const SINCE = () => new Date(Date.now() - DAY_MS);
const GOOD_FOR_DAYS = 825;
const LOOPBACK = ['localhost', '127.0.0.1'];

/** Creates an authority. Its key is not stored, so it cannot issue further certificates after this process. */
export async function createAuthority(): Promise<Authority> {
  // Only systems with TLS need these two hundred modules.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await newKeys();
  const name = `CN=Quadrille ${randomBytes(4).toString('hex')}`;
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    certificate: pem(own),
    async sign(subject, { hosts = LOOPBACK, until } = {}) {
      const mine = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${subject}`,
        issuer: own.subject,
        publicKey: mine.publicKey,
        signingKey: keys.privateKey,
        ...validity(until),
        extensions: [
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          new x509.SubjectAlternativeNameExtension(
            hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
          ),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', mine.privateKey);
      const body = Buffer.from(key).toString('base64').replace(/.{64}/g, '$&\n');
      return {
        certificate: pem(certificate),
        key: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`,
      };
    },
  };
}

const newKeys = () => webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);

const validity = (until = new Date(Date.now() + GOOD_FOR_DAYS * DAY_MS)) => ({
  serialNumber: `00${randomBytes(15).toString('hex')}`,
  signingAlgorithm: CURVE,
  notBefore: new Date(Math.min(SINCE().getTime(), until.getTime() - DAY_MS)),
  notAfter: until,
});

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;
