import type { Chance } from './chance.js';
import type { Life, Run } from './life.js';

const SLOW_ONE_IN = 3;

/** The gateways of one process; `call` of its steps receives them. */
export type GatewaysOf = (service: string, life: Life) => unknown;

/** The external parties of a simulated system. */
export interface SimulatedParties {
  readonly parties: readonly Party[];
  readonly gatewaysOf: GatewaysOf;
  /** The stored state of a party for a reference. */
  readonly stateOf: (party: string, reference: string) => unknown;
}

/** One external party: its outages, and the network to it. */
export class Party {
  away = false;
  /** Some of its answers exceed the call timeout of a batch. */
  slow = false;
  private readonly chance: Chance;

  constructor(
    private readonly run: Run,
    readonly name: string,
  ) {
    this.chance = run.chanceOf(name);
  }

  /**
   * Calls the party from a process; `reference` is the name of the call in the journal. Rejects if the party is unavailable or
   * its answer is lost.
   */
  async call<Answer>(life: Life, reference: string, answer: () => Promise<Answer>): Promise<Answer> {
    await life.pass(this.chance.between(1, 30));
    if (this.slow && this.chance.oneIn(SLOW_ONE_IN)) await this.dawdle(life, reference);
    if (this.away) return this.lost('away', reference);
    const given = await answer();
    await life.goOn();
    return this.run.triggers.hits(`answer lost ${this.name}`) ? this.lost('answer lost', reference) : given;
  }

  private dawdle(life: Life, reference: string): Promise<void> {
    this.run.journal.note('gateway dawdled', `${this.name} ${reference}`);
    return life.pass(this.chance.between(300, 3_000));
  }

  private lost(kind: string, reference: string): never {
    this.run.journal.note(`gateway ${kind}`, `${this.name} ${reference}`);
    throw new Error(`${this.name}: ${kind}`);
  }
}
