import type { Step } from '@quadrille/choreography';
import type { Decided } from './deciding.js';
import type { World } from './world.js';

/** A possible transition. `at`: a position in the log of the channel. */
export type Move =
  | { readonly what: 'call'; readonly call: number }
  | { readonly what: 'fire-deadline'; readonly deadline: number }
  | {
      readonly what: 'gateway-call' | 'gateway-call-again' | 'handle' | 'handle-again';
      readonly channel: number;
      readonly at: number;
    };

/** A transition and the world after it: the same object if nothing changed. `broken`: the violated rule. */
export interface Happened {
  readonly move: Move;
  readonly next: World;
  readonly decided: readonly Decided[];
  readonly called?: { readonly step: Step; readonly answer: unknown };
  readonly broken?: string;
}
