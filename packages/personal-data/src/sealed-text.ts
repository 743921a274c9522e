import { SEALED_PREFIX } from '@quadrille/choreography';
import { decrypt, encrypt } from './cipher.js';

/** Encrypts a text with the key of one person. Equal texts have different sealed forms. */
export const sealText = (key: Buffer, text: string): string =>
  `${SEALED_PREFIX}${encrypt(key, Buffer.from(text)).toString('base64url')}`;

/** Returns undefined if the key does not open the text. */
export const openText = (key: Buffer, sealed: string): string | undefined =>
  decrypt(key, Buffer.from(sealed.slice(SEALED_PREFIX.length), 'base64url'))?.toString();
