import type { Step } from '@quadrille/choreography';
import type { Decided } from './deciding.js';
import type { World } from './world.js';

/** Something that can happen next. `at`: a position in the log of the channel. */
export type Move =
  | { readonly what: 'call'; readonly call: number }
  | { readonly what: 'strike'; readonly clock: number }
  | { readonly what: 'ask' | 'ask-again' | 'hear' | 'hear-again'; readonly channel: number; readonly at: number };

/** What happened, and the world afterwards: the same one when nothing changed. `broken`: why this must not happen. */
export interface Happened {
  readonly move: Move;
  readonly next: World;
  readonly decided: readonly Decided[];
  readonly asked?: { readonly step: Step; readonly answer: unknown };
  readonly broken?: string;
}
