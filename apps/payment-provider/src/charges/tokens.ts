/** The test cards. */
export const TOKENS = {
  tok_visa: 'All requests succeed.',
  tok_declined: 'The hold is declined.',
  'tok_capture-declined': 'The hold is granted, the capture declined.',
  tok_slow: 'Every answer takes 300 ms.',
  tok_flaky: 'The first two calls of a reference are answered 503.',
  tok_unreachable:
    "The card's bank is unavailable (503, code issuer-unavailable) for PROVIDER_UNREACHABLE_SECONDS after a reference's first call.",
} as const;

/** The default card. */
export const DEFAULT_TOKEN = 'tok_visa';
/** A card whose holds are always declined. */
export const DECLINED_TOKEN = 'tok_declined';
export const SLOW_TOKEN_MS = 300;
export const FLAKY_CALLS = 2;

/** The reason why a hold on this card is declined, if it is. */
export function authorizationRefusal(token: string): string | undefined {
  if (!Object.hasOwn(TOKENS, token)) return 'unknown-token';
  return token === DECLINED_TOKEN ? 'card-declined' : undefined;
}

/** The reason why a capture on this card is declined, if it is. */
export const captureRefusal = (token: string | null): string | undefined =>
  token === 'tok_capture-declined' ? 'capture-declined' : undefined;
