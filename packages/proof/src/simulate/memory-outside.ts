import type { Charge } from '@quadrille/payment-provider/charges/charge';
import { carriers, type Parcel } from '../checkout/carriers.js';
import { provider } from '../checkout/provider.js';
import type { OutsideWorld } from '../explore/system.js';
import type { Chance } from './chance.js';
import type { Life, Run } from './life.js';

const SLOW_ONE_IN = 3;

/** One party of the world outside: its memory, its bad days, and the way there and back. */
class Party<State> {
  readonly kept = new Map<string, State>();
  away = false;
  /** Some of its answers come later than a batch waits. */
  slow = false;
  private readonly chance: Chance;

  constructor(
    private readonly run: Run,
    private readonly world: OutsideWorld<State>,
    private readonly port: string,
  ) {
    this.chance = run.chanceOf(world.name);
  }

  get name(): string {
    return this.world.name;
  }

  /** The ports as one process sees them: every call names its reference first. */
  portsFor(life: Life): Record<string, unknown> {
    const call =
      (method: string | symbol) =>
      async (reference: string, ...rest: unknown[]) => {
        await life.pass(this.chance.between(1, 30));
        if (this.slow && this.chance.oneIn(SLOW_ONE_IN)) await this.dawdle(life, reference);
        if (this.away) return this.lost('away', reference);
        const answer = await this.answer(method, reference, rest);
        await life.goOn();
        return this.run.triggers.strikes(`answer lost ${this.name}`) ? this.lost('answer lost', reference) : answer;
      };
    return { [this.port]: new Proxy({}, { get: (_, method) => call(method) }) };
  }

  private dawdle(life: Life, reference: string): Promise<void> {
    this.run.journal.note('outside dawdled', `${this.name} ${reference}`);
    return life.pass(this.chance.between(300, 3_000));
  }

  private async answer(method: string | symbol, reference: string, rest: readonly unknown[]): Promise<unknown> {
    const open = this.world.open(this.kept.get(reference) ?? this.world.initial(reference));
    const ports = open.ports as Record<string, Record<string | symbol, (...args: unknown[]) => Promise<unknown>>>;
    const answer = ports[this.port]![method]!(reference, ...rest);
    // Before anybody waits: two requests for one reference are answered one after the other.
    this.kept.set(reference, open.state());
    const given = await answer;
    this.kept.set(reference, open.state());
    return given;
  }

  private lost(kind: string, reference: string): never {
    this.run.journal.note(`outside ${kind}`, `${this.world.name} ${reference}`);
    throw new Error(`${this.world.name}: ${kind}`);
  }
}

/** The payment provider and a carrier that holds parcels. */
export class MemoryOutside {
  readonly provider: Party<Charge | null>;
  readonly carrier: Party<Parcel>;

  constructor(run: Run) {
    this.provider = new Party<Charge | null>(run, provider, 'provider');
    this.carrier = new Party<Parcel>(run, carriers.foreign, 'carrier');
  }

  get parties() {
    return [this.provider, this.carrier] as const;
  }
}
