/** The reason for a failed sign-in, worded by the pages: the issuer refused, did not respond, or issued an unusable token. */
export type FailureCode = 'refused' | 'unavailable' | 'unusable' | 'too-late';

/** A failed sign-in; `cause` is for the log. */
export class SignInFailure extends Error {
  constructor(
    readonly code: FailureCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SignInFailure';
  }
}
