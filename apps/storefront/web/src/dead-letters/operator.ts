const BY = 'quadrille-operator';

/** The name of the last decision in this browser; empty without one. */
export const rememberedOperator = (): string => localStorage.getItem(BY) ?? '';

export const rememberOperator = (by: string): void => localStorage.setItem(BY, by);
