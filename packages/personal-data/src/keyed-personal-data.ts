import { ERASED, isSealed, mapTexts, type Opened, type PersonalData } from '@quadrille/choreography';
import type { DataKeys } from './data-keys.js';
import { openText } from './sealed-text.js';

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
