/** One intention to order, with the key under which the order service accepts it once, for any number of requests. */
export interface Attempt {
  readonly key: string;
  /** The order as text. A changed order is another intention. */
  readonly body: string;
}

const STORAGE_KEY = 'quadrille.attempt';
const KEY_BYTES = 16;

/** Returns the stored attempt if its order is the same, otherwise a new one. */
export const attemptFor = (body: unknown, stored: Attempt | null, newKey: () => string): Attempt => {
  const text = JSON.stringify(body);
  return stored?.body === text ? stored : { key: newKey(), body: text };
};

/** Also works on plain HTTP, where browsers have no `crypto.randomUUID`. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The attempt for this order, stored before it is sent, so that a reload in between sends the same key. */
export function storedAttempt(body: unknown): Attempt {
  const attempt = attemptFor(body, readStored(), randomKey);
  localStorage.setItem(STORAGE_KEY, JSON.stringify(attempt));
  return attempt;
}

/** Deletes the attempt of an accepted order; ordering the same again is another intention. */
export const removeAttempt = (): void => localStorage.removeItem(STORAGE_KEY);

function readStored(): Attempt | null {
  try {
    const read = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null');
    return typeof read?.key === 'string' && typeof read?.body === 'string' ? read : null;
  } catch {
    return null;
  }
}
