/** One intention to order: the key under which the order service takes it once, however often it is sent. */
export interface Attempt {
  readonly key: string;
  /** What is ordered, as text. Whoever changes the order has another intention. */
  readonly body: string;
}

const KEPT_AS = 'quadrille.attempt';
const KEY_BYTES = 16;

/** The attempt that was kept if it is to order the same, otherwise a new one. */
export const attemptFor = (body: unknown, kept: Attempt | null, newKey: () => string): Attempt => {
  const text = JSON.stringify(body);
  return kept?.body === text ? kept : { key: newKey(), body: text };
};

/** Works on plain HTTP as well, where browsers have no `crypto.randomUUID`. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The attempt for this order, kept before it is sent: a reload in the middle sends the same key again. */
export function keptAttempt(body: unknown): Attempt {
  const attempt = attemptFor(body, readKept(), randomKey);
  localStorage.setItem(KEPT_AS, JSON.stringify(attempt));
  return attempt;
}

/** The order is known to be taken; the same order once more is another intention. */
export const forgetAttempt = (): void => localStorage.removeItem(KEPT_AS);

function readKept(): Attempt | null {
  try {
    const read = JSON.parse(localStorage.getItem(KEPT_AS) ?? 'null');
    return typeof read?.key === 'string' && typeof read?.body === 'string' ? read : null;
  } catch {
    return null;
  }
}
