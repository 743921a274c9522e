import {
  type DomainEvent,
  type Ref,
  react,
  refsOf,
  type ServiceSteps,
  type Step,
  statesOf,
  type Tx,
} from '@quadrille/choreography';
import type { StoreBinding } from '@quadrille/nest';
import { UnitOfWork } from '@quadrille/runtime';
import { type Draft, type Local, type Records, Refusal, type StepName } from './protocol.js';

/** The dependencies of a local transaction: the service's own steps, stores and gateways. */
export interface Workplace {
  readonly part: ServiceSteps;
  readonly kept: readonly StoreBinding[];
  readonly outside: unknown;
  readonly records: <T>(tx: Tx, kind: string) => Records<T>;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Runs the steps of one service in one transaction, on PostgreSQL or in memory, depending on the stores. */
export class LocalTransaction implements Local {
  readonly #states: UnitOfWork;
  readonly #loaded = new Set<string>();

  constructor(
    private readonly place: Workplace,
    private readonly tx: Tx,
  ) {
    this.#states = new UnitOfWork(place.kept);
  }

  records<T>(kind: string): Records<T> {
    return this.place.records(this.tx, kind);
  }

  async step(name: StepName, heard: object): Promise<DomainEvent | undefined> {
    return this.#decide(this.#states, name, heard);
  }

  async draft(name: StepName, heard: object): Promise<Draft> {
    const states = new UnitOfWork(this.place.kept);
    const changes: Changed[] = [];
    const said = await this.#decide(states, name, heard, (refs, said, at) => {
      for (const ref of refs) {
        const { aggregate, key } = ref;
        const before = states.state(ref);
        const after = aggregate.evolve(before, said, at);
        if (after !== before) changes.push({ aggregate: aggregate.name, key, before, after, said, at });
      }
    });
    return { ...(said && { said }), changes };
  }

  async save({ changes }: Draft): Promise<void> {
    for (const { aggregate, key, before, after, said, at } of changes as readonly Changed[]) {
      const { aggregate: kind, store } = this.place.kept.find((each) => each.aggregate.name === aggregate)!;
      const found = await store.load(this.tx, [key]);
      const event = { id: this.place.newId(), type: said.type, data: said.data, at };
      const row = found.has(key) ? (before ?? kind.initial(key)) : undefined;
      await store.save(this.tx, [{ key, before: row, after, events: [event] }]);
    }
  }

  /** Saves the results of all steps. Call it once, at the end of the transaction. */
  end(): Promise<void> {
    return this.#states.save(this.tx);
  }

  async #decide(
    states: UnitOfWork,
    name: StepName,
    heard: object,
    apply = (refs: readonly Ref[], said: DomainEvent, at: string) => states.evolve(refs, said, this.place.newId(), at),
  ): Promise<DomainEvent | undefined> {
    const step = this.place.part.steps.find((each) => each.name === name) as Step;
    const answer = await step.call?.(heard, this.place.outside);
    const touched = step.loads(heard);
    const refs = refsOf(touched);
    await this.#load(states, refs);
    const reaction = react(step, { data: heard }, statesOf(touched, states.state), answer);
    if (reaction.rejected) throw new Refusal(reaction.rejected.refused);
    const { emitted } = reaction;
    if (emitted) apply(refs, emitted, new Date(this.place.now()).toISOString());
    return emitted;
  }

  async #load(states: UnitOfWork, refs: readonly Ref[]): Promise<void> {
    if (states !== this.#states) return states.load(this.tx, [refs]);
    const missing = refs.filter((ref) => !this.#loaded.has(`${ref.aggregate.name}/${ref.key}`));
    await states.load(this.tx, [missing]);
    for (const { aggregate, key } of missing) this.#loaded.add(`${aggregate.name}/${key}`);
  }
}

interface Changed {
  readonly aggregate: string;
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly said: DomainEvent;
  readonly at: string;
}
