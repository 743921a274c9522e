/** Licences that ask for no more than to be named. Whoever adds one has read it. */
export const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
];

/**
 * The licence that a package.json names, also in the ways of before SPDX expressions; undefined where it names none.
 * @param {{ license?: string | { type: string }, licenses?: { type: string, url?: string }[] }} manifest
 */
export function licenceIn({ license, licenses }) {
  if (typeof license === 'string') return license;
  if (license?.type) return license.type;
  return Array.isArray(licenses) && licenses.length > 0 ? licenses.map(({ type }) => type).join(' OR ') : undefined;
}

/** Whether an SPDX expression is satisfied by what is allowed: one side of an OR, both of an AND. One with more brackets than around it all is not. */
export function isAllowed(expression) {
  const plain = expression.trim().replace(/^\(([^()]*)\)$/, '$1');
  return plain
    .split(/ OR /i)
    .some((either) => either.split(/ AND /i).every((licence) => ALLOWED.includes(licence.trim())));
}
