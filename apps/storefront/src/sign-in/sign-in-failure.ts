/** Why one could not sign in, as the pages put it into words: the issuer refused, did not answer, or gave what is no use here. */
export type FailureCode = 'refused' | 'unavailable' | 'unusable' | 'too-late';

/** A sign-in that failed; `cause` is for the log. */
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
