import type { Assumptions } from '../explore/system.js';
import { wholeNumber } from './whole-number.js';

export const KNOWING_INBOX: Assumptions = { unknownToInbox: 0, repeatedCalls: true };
export const FORGETFUL_INBOX: Assumptions = { ...KNOWING_INBOX, unknownToInbox: 1 };

/** Limits memory to that of a laptop; far above the states of any scenario. */
export const MOST_STATES = 4_000_000;

/** Parses the bound of the option. */
export const states = (text: string): number => wholeNumber(text, 1, MOST_STATES);
