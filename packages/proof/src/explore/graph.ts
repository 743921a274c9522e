const FIRST_CAPACITY = 1 << 12;
const NONE = -1;

/** A growing list of whole numbers. */
class Numbers {
  private room = new Int32Array(FIRST_CAPACITY);
  length = 0;

  push(number: number): void {
    if (this.length === this.room.length) {
      const larger = new Int32Array(this.room.length * 2);
      larger.set(this.room);
      this.room = larger;
    }
    this.room[this.length++] = number;
  }

  at = (index: number): number => this.room[index]!;
}

/** All reached states, numbered in the order of discovery, with the transitions between them. */
export class Graph {
  private readonly numbers = new Map<string, number>();
  private readonly packed: string[] = [];
  private readonly parents = new Numbers();
  private readonly depths = new Numbers();
  private readonly from = new Numbers();
  private readonly to = new Numbers();

  get size(): number {
    return this.packed.length;
  }

  /** Adds a transition to a state; returns true if the state is new. The first state has no predecessor. */
  reach(packed: string, from = NONE): boolean {
    const known = this.numbers.get(packed);
    const number = known ?? this.packed.length;
    if (from !== NONE && from !== number) {
      this.from.push(from);
      this.to.push(number);
    }
    if (known !== undefined) return false;
    this.numbers.set(packed, number);
    this.packed.push(packed);
    this.parents.push(from);
    this.depths.push(from === NONE ? 0 : this.depths.at(from) + 1);
    return true;
  }

  packedAt = (number: number): string => this.packed[number]!;
  depthOf = (number: number): number => this.depths.at(number);

  /** The shortest path to a state, as packed states from the first on. */
  pathTo(number: number): string[] {
    const way: string[] = [];
    for (let at = number; at !== NONE; at = this.parents.at(at)) way.unshift(this.packed[at]!);
    return way;
  }

  /** The number of transitions of the longest run; undefined if the states form a cycle. */
  longestRun(): number | undefined {
    const waiting = new Int32Array(this.size);
    const first = new Int32Array(this.size + 1);
    for (let way = 0; way < this.to.length; way++) {
      waiting[this.to.at(way)]!++;
      first[this.from.at(way) + 1]!++;
    }
    for (let at = 0; at < this.size; at++) first[at + 1]! += first[at]!;
    // Transitions are sorted by their origin, so `first` is the index of each state's first transition.
    const ready = [0];
    const length = new Int32Array(this.size);
    let done = 0;
    for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
      done++;
      for (let way = first[at]!; way < first[at + 1]!; way++) {
        const next = this.to.at(way);
        if (length[at]! + 1 > length[next]!) length[next] = length[at]! + 1;
        waiting[next]! -= 1;
        if (waiting[next] === 0) ready.push(next);
      }
    }
    return done === this.size ? length.reduce((most, each) => Math.max(most, each), 0) : undefined;
  }
}
