import { InvalidArgumentError } from 'commander';

/** Parses a whole number within bounds from an option. */
export function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
}

/** `3,17`, or `none`. */
export const numbers = (text: string): number[] =>
  text === 'none' ? [] : text.split(',').map((each) => wholeNumber(each, 0, 2 ** 31 - 1));
