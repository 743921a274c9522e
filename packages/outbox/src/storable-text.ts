/** Matches NUL and surrogates. */
const DOUBTFUL = /[\0\ud800-\udfff]/;

/** Replaces NUL and unpaired surrogates, which PostgreSQL cannot store in text. */
export const storableText = (text: string): string =>
  DOUBTFUL.test(text) ? Buffer.from(text.replaceAll('\0', '\uFFFD')).toString() : text;
