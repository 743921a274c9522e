import type { DomainEvent, Ref } from '@quadrille/choreography';
import { Interned } from './interned.js';

/** The time of all events: no step depends on it. */
export const AT = '2026-01-01T00:00:00.000Z';
/** Number 0 of every cell is the state of a key without events. */
const INITIAL = 0;

interface Cell {
  readonly name: string;
  readonly key: string;
  readonly states: Interned<unknown>;
}

/** The states of a system: one cell per key of each aggregate and of each gateway. */
export class Cells {
  private readonly cells: Cell[] = [];
  private readonly found = new Map<object, Map<string, number>>();

  /** `given`: the earlier events. */
  constructor(private readonly given: readonly DomainEvent[] = []) {}

  /** The cell of one state of an aggregate. */
  ofRef({ aggregate, key }: Ref): number {
    return this.of(aggregate, aggregate.name, key, () =>
      this.given.reduce((state, event) => aggregate.evolve(state, event, AT), aggregate.initial(key)),
    );
  }

  /** The cell of a key that belongs to `owner`; created on first use. */
  of(owner: object, name: string, key: string, initial: () => unknown): number {
    const keys = this.found.get(owner) ?? new Map<string, number>();
    this.found.set(owner, keys);
    const known = keys.get(key);
    if (known !== undefined) return known;
    const states = new Interned<unknown>();
    states.idOf(initial());
    const index = this.cells.push({ name, key, states }) - 1;
    keys.set(key, index);
    return index;
  }

  stateOf = (cell: number, id: number | undefined): unknown => this.cells[cell]!.states.valueOf(id ?? INITIAL);
  idOf = (cell: number, state: unknown): number => this.cells[cell]!.states.idOf(state);
  nameOf = (cell: number): string => this.cells[cell]!.name;
  keyOf = (cell: number): string => this.cells[cell]!.key;
}
