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
import { type Draft, type ParticipantTransaction, type Records, Refusal, type StepName } from './protocol.js';

/** The dependencies of a local transaction: the service's own steps, stores and gateways. */
export interface Dependencies {
  readonly part: ServiceSteps;
  readonly stores: readonly StoreBinding[];
  readonly gateways: unknown;
  readonly records: <T>(tx: Tx, kind: string) => Records<T>;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Runs the steps of one service in one transaction, on PostgreSQL or in memory, depending on the stores. */
export class LocalTransaction implements ParticipantTransaction {
  readonly #states: UnitOfWork;
  readonly #loaded = new Set<string>();

  constructor(
    private readonly dependencies: Dependencies,
    private readonly tx: Tx,
  ) {
    this.#states = new UnitOfWork(dependencies.stores);
  }

  records<T>(kind: string): Records<T> {
    return this.dependencies.records(this.tx, kind);
  }

  async step(name: StepName, payload: object): Promise<DomainEvent | undefined> {
    return this.#decide(this.#states, name, payload);
  }

  async draft(name: StepName, payload: object): Promise<Draft> {
    const states = new UnitOfWork(this.dependencies.stores);
    const changes: Changed[] = [];
    const event = await this.#decide(states, name, payload, (refs, event, at) => {
      for (const ref of refs) {
        const { aggregate, key } = ref;
        const before = states.state(ref);
        const after = aggregate.evolve(before, event, at);
        if (after !== before) changes.push({ aggregate: aggregate.name, key, before, after, event, at });
      }
    });
    return { ...(event && { event }), changes };
  }

  async save({ changes }: Draft): Promise<void> {
    for (const { aggregate, key, before, after, event, at } of changes as readonly Changed[]) {
      const { aggregate: kind, store } = this.dependencies.stores.find((each) => each.aggregate.name === aggregate)!;
      const found = await store.load(this.tx, [key]);
      const stored = { id: this.dependencies.newId(), type: event.type, data: event.data, at };
      const row = found.has(key) ? (before ?? kind.initial(key)) : undefined;
      await store.save(this.tx, [{ key, before: row, after, events: [stored] }]);
    }
  }

  /** Saves the results of all steps. Call it once, at the end of the transaction. */
  end(): Promise<void> {
    return this.#states.save(this.tx);
  }

  async #decide(
    states: UnitOfWork,
    name: StepName,
    payload: object,
    apply = (refs: readonly Ref[], event: DomainEvent, at: string) =>
      states.evolve(refs, event, this.dependencies.newId(), at),
  ): Promise<DomainEvent | undefined> {
    const step = this.dependencies.part.steps.find((each) => each.name === name) as Step;
    const answer = await step.call?.(payload, this.dependencies.gateways);
    const touched = step.loads(payload);
    const refs = refsOf(touched);
    await this.#load(states, refs);
    const reaction = react(step, { data: payload }, statesOf(touched, states.state), answer);
    if (reaction.rejected) throw new Refusal(reaction.rejected.refused);
    const { emitted } = reaction;
    if (emitted) apply(refs, emitted, new Date(this.dependencies.now()).toISOString());
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
  readonly event: DomainEvent;
  readonly at: string;
}
