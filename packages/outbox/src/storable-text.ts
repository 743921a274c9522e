/** NUL, and what could be half of a pair of surrogates. */
const DOUBTFUL = /[\0\ud800-\udfff]/;

/** As PostgreSQL takes it: it keeps no NUL in a text, and no half of a pair of surrogates. */
export const storableText = (text: string): string =>
  DOUBTFUL.test(text) ? Buffer.from(text.replaceAll('\0', '\uFFFD')).toString() : text;
