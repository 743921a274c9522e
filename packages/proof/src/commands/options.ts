import { InvalidArgumentError } from 'commander';
import type { Assumptions } from '../explore/system.js';

export const KNOWING_INBOX: Assumptions = { unknownToInbox: 0, repeatedCalls: true };
export const FORGETFUL_INBOX: Assumptions = { ...KNOWING_INBOX, unknownToInbox: 1 };

/** Limits memory to that of a laptop; far above the states of any scenario. */
export const MOST_STATES = 4_000_000;

/** Parses the bound of the option. */
export const states = (text: string): number => wholeNumber(text, 1, MOST_STATES);

/** Parses a whole number within bounds from an option. */
export function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
}

/** `3,17`, or `none`. */
export const numbers = (text: string): number[] =>
  text === 'none' ? [] : text.split(',').map((each) => wholeNumber(each, 0, 2 ** 31 - 1));
