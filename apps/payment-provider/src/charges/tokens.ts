/** The cards of the sandbox. */
export const TOKENS = {
  tok_visa: 'Everything goes well.',
  tok_declined: 'The hold is declined.',
  'tok_capture-declined': 'The hold is granted, the capture declined.',
  tok_slow: 'Every answer takes 300 ms.',
  tok_flaky: 'The first two calls of a reference are answered 503.',
  tok_unreachable:
    "The card's bank is away (503, code issuer-unavailable) for PROVIDER_UNREACHABLE_SECONDS after a reference's first call.",
} as const;

/** The card of a merchant who names none. */
export const DEFAULT_TOKEN = 'tok_visa';
/** The card on which no hold is granted. */
export const DECLINED_TOKEN = 'tok_declined';
export const SLOW_TOKEN_MS = 300;
export const FLAKY_CALLS = 2;

/** Why no hold is granted on this card. */
export function authorizationRefusal(token: string): string | undefined {
  if (!Object.hasOwn(TOKENS, token)) return 'unknown-token';
  return token === DECLINED_TOKEN ? 'card-declined' : undefined;
}

/** Why a hold on this card cannot be taken. */
export const captureRefusal = (token: string | null): string | undefined =>
  token === 'tok_capture-declined' ? 'capture-declined' : undefined;
