/** Generates an id of a kind, by number. */
export const idOf = (kind: number, nth: number): string =>
  `01980000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${nth.toString(16).padStart(12, '0')}`;
