import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Drawn at once: one draw from the system takes half as long as an encryption. */
const NONCES_AT_ONCE = 512;
const nonces = Buffer.allocUnsafeSlow(NONCES_AT_ONCE * NONCE_BYTES);
let nextNonceAt = nonces.length;

/** Encrypts with AES-256-GCM: a random nonce, the ciphertext and the tag. `context` must be the same to decrypt. */
export function encrypt(key: Buffer, plain: Buffer, context = ''): Buffer {
  const nonce = newNonce();
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  // An empty context is the same as none, which is cheaper.
  if (context !== '') cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Valid until the next call. Never returned twice: two texts under one key and nonce would be readable. */
function newNonce(): Buffer {
  if (nextNonceAt === nonces.length) {
    randomFillSync(nonces);
    nextNonceAt = 0;
  }
  nextNonceAt += NONCE_BYTES;
  return nonces.subarray(nextNonceAt - NONCE_BYTES, nextNonceAt);
}

/** Returns undefined if key, context or text are not those of `encrypt`. */
export function decrypt(key: Buffer, sealed: Buffer, context = ''): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}
