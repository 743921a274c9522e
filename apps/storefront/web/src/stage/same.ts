/** For `memo`: what is told every second is drawn only when it is told otherwise. */
export const same = (before: object, after: object): boolean => JSON.stringify(before) === JSON.stringify(after);
