import { ERASED, isSealed, mapTexts, type Opened, type PersonalData, SEALED_PREFIX } from '@quadrille/choreography';
import { decrypt, encrypt } from './cipher.js';
import type { DataKeys } from './data-keys.js';

/** Opens sealed texts with the keys of the database. */
export class KeyedPersonalData implements PersonalData {
  constructor(private readonly keys: DataKeys) {}

  async open<Value>(subject: string, value: Value): Promise<Opened<Value>> {
    let hasSealed = false;
    mapTexts(value, (text) => {
      hasSealed ||= isSealed(text);
    });
    if (!hasSealed) return value as Opened<Value>;
    const key = await this.keys.of(subject);
    const open = (text: string) => (key instanceof Buffer ? openText(key, text) : undefined) ?? ERASED;
    return mapTexts(value, (text) => (isSealed(text) ? open(text) : text)) as Opened<Value>;
  }
}

/** Encrypts a text with the key of one person. Equal texts have different sealed forms. */
export const sealText = (key: Buffer, text: string): string =>
  `${SEALED_PREFIX}${encrypt(key, Buffer.from(text)).toString('base64url')}`;

/** Returns undefined if the key does not open the text. */
export const openText = (key: Buffer, sealed: string): string | undefined =>
  decrypt(key, Buffer.from(sealed.slice(SEALED_PREFIX.length), 'base64url'))?.toString();
