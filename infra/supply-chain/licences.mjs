/** Licences that require only attribution. Read a licence before you add it. */
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
 * Returns the licence in a package.json, also in the formats that preceded SPDX expressions; undefined without one.
 * @param {{ license?: string | { type: string }, licenses?: { type: string, url?: string }[] }} manifest
 */
export function licenceIn({ license, licenses }) {
  if (typeof license === 'string') return license;
  if (license?.type) return license.type;
  return Array.isArray(licenses) && licenses.length > 0 ? licenses.map(({ type }) => type).join(' OR ') : undefined;
}

/** Whether the allowed licences satisfy an SPDX expression: one side of an OR, both of an AND. False for brackets within an expression. */
export function isAllowed(expression) {
  const plain = expression.trim().replace(/^\(([^()]*)\)$/, '$1');
  return plain
    .split(/ OR /i)
    .some((either) => either.split(/ AND /i).every((licence) => ALLOWED.includes(licence.trim())));
}
