import type { Assumptions } from '../explore/system.js';
import { wholeNumber } from './whole-number.js';

export const KNOWING_INBOX: Assumptions = { unknownToInbox: 0, repeatedAsks: true };
export const FORGETFUL_INBOX: Assumptions = { ...KNOWING_INBOX, unknownToInbox: 1 };

/** More states than this need more memory than a laptop likes to give; it is far above what any scenario has. */
export const MOST_STATES = 4_000_000;

/** A bound, as the option writes it. */
export const states = (text: string): number => wholeNumber(text, 1, MOST_STATES);
