import { hkdfSync } from 'node:crypto';
import { decrypt, encrypt, KEY_BYTES } from './cipher.js';

/** The secret of this process did not wrap the keys in the database. */
export class WrongSecret extends Error {
  constructor() {
    super('The keys of personal data were wrapped with another secret. Set PERSONAL_DATA_KEY to that secret.');
    this.name = 'WrongSecret';
  }
}

/** Encrypts the keys in the database, so that a copy of the database alone opens nothing. */
export class MasterKey {
  private readonly key: Buffer;

  /** `secret`: at least 32 random characters; the same in every service that uses the keys. */
  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'quadrille personal data v1', KEY_BYTES));
  }

  wrap(subject: string, key: Buffer): Buffer {
    return encrypt(this.key, key, subject);
  }

  /** Throws {@link WrongSecret}. */
  unwrap(subject: string, wrapped: Buffer): Buffer {
    const key = decrypt(this.key, wrapped, subject);
    if (!key) throw new WrongSecret();
    return key;
  }
}
