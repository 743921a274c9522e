/** For `memo`: redraws only if a snapshot's data changed. */
export const same = (before: object, after: object): boolean => JSON.stringify(before) === JSON.stringify(after);
