import type { Rows } from '@quadrille/choreography';
import type { Input, Unreadable } from './input.js';

/**
 * Lets records wait a little for company where no saga waits for them: what only gives a clock more time, and what comes
 * afterwards. At some hundred sagas a second those are half of all inputs, and each would be a transaction of its own.
 */
export class Patience {
  private readonly afterwards: ReadonlySet<string>;

  constructor(
    rows: Rows,
    private readonly patienceMs: number,
    /** So many need no more company. */
    private readonly enough: number,
  ) {
    this.afterwards = new Set(Object.keys(rows).filter((name) => rows[name]!.role === 'afterwards'));
  }

  /** Resolves at once when a saga waits for one of these, or when they are many; else after the patience. */
  async wait(inputs: readonly (Input | Unreadable)[]): Promise<void> {
    if (this.patienceMs === 0 || inputs.length === 0 || inputs.length >= this.enough) return;
    if (inputs.every(this.canWait)) await new Promise((resolve) => setTimeout(resolve, this.patienceMs));
  }

  private readonly canWait = (input: Input | Unreadable): boolean =>
    input.from === 'extension' || (input.from === 'event' && this.afterwards.has(input.step.name));
}
