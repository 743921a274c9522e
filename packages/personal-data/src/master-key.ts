import { hkdfSync } from 'node:crypto';
import { decrypt, encrypt, KEY_BYTES } from './cipher.js';

const ID_BYTES = 4;

/** No secret of this process wrapped the keys in the database. */
export class WrongSecret extends Error {
  constructor(id: string | null) {
    const wrappedBy = id === null ? 'another secret' : `another secret (id ${id})`;
    super(
      `The keys of personal data were wrapped with ${wrappedBy}. Set PERSONAL_DATA_KEY to that secret, or add it to PERSONAL_DATA_OLD_KEYS.`,
    );
    this.name = 'WrongSecret';
  }
}

/** A key as it is stored. `wrappedBy`: the id of the secret; null in rows that are older than ids. */
export interface WrappedKey {
  readonly key: Buffer;
  readonly wrappedBy: string | null;
}

/** Encrypts the keys in the database, so that a copy of the database alone opens nothing. The first secret wraps, all unwrap. */
export class MasterKeys {
  private readonly all: readonly { readonly id: string; readonly key: Buffer }[];

  /** `secrets`: at least 32 random characters each; the same in every service that uses the keys. The newest is the first. */
  constructor(secrets: readonly [string, ...string[]]) {
    this.all = secrets.map((secret) => ({
      id: derived(secret, 'id', ID_BYTES).toString('hex'),
      key: derived(secret, 'data', KEY_BYTES),
    }));
  }

  /** The id of the secret that wraps. */
  get id(): string {
    return this.all[0]!.id;
  }

  wrap(subject: string, key: Buffer): Buffer {
    return encrypt(this.all[0]!.key, key, subject);
  }

  /** Throws {@link WrongSecret}. */
  unwrap(subject: string, { key, wrappedBy }: WrappedKey): Buffer {
    for (const secret of this.all) {
      const unwrapped = (wrappedBy ?? secret.id) === secret.id ? decrypt(secret.key, key, subject) : undefined;
      if (unwrapped) return unwrapped;
    }
    throw new WrongSecret(wrappedBy);
  }
}

const derived = (secret: string, purpose: 'data' | 'id', bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `quadrille personal ${purpose} v1`, bytes));
