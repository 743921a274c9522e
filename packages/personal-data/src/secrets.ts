const MIN_CHARACTERS = 32;

/** The format of a secret that wraps keys, as half a sentence. */
export const SECRET_EXPECTED = `${MIN_CHARACTERS} random characters or more, such as of openssl rand -base64 32`;

/** Whether a text is long enough to wrap keys. */
export const isSecret = (text: string): boolean => text.length >= MIN_CHARACTERS;

/** Parses the secrets of `PERSONAL_DATA_OLD_KEYS`, with commas or line breaks between. */
export const secretsIn = (text: string): string[] => text.split(/[\s,]+/).filter((secret) => secret !== '');
