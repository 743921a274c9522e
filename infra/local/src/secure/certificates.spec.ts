import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createAuthority } from './certificates.js';

describe('a private certificate authority', () => {
  it('issues certificates that verify against its own, for this machine', async () => {
    const authority = await createAuthority();
    const { certificate, key } = await authority.sign('order');
    const [own, signed] = [new X509Certificate(authority.certificate), new X509Certificate(certificate)];
    expect(own.ca).toBe(true);
    expect(signed.verify(own.publicKey) && signed.checkIssued(own)).toBe(true);
    expect(signed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect([signed.subject, signed.checkIP('127.0.0.1'), signed.checkHost('localhost')]).toEqual([
      'CN=order',
      '127.0.0.1',
      'localhost',
    ]);
    expect(signed.checkHost('example.com')).toBeUndefined();
  });

  it('is different each time', async () => {
    const [one, other] = [await createAuthority(), await createAuthority()];
    const signed = new X509Certificate((await one.sign('order')).certificate);
    expect(signed.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  });
});
