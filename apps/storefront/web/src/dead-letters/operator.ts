const BY = 'quadrille-operator';

/** Who decided the last time in this browser; empty when nobody has. */
export const rememberedOperator = (): string => localStorage.getItem(BY) ?? '';

export const rememberOperator = (by: string): void => localStorage.setItem(BY, by);
