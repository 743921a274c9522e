/** Random numbers derived from a seed alone (mulberry32): the same seed, the same run. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** An independent sequence per name: its draws do not affect the others. */
  static of(seed: number, name: string): Chance {
    let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    return new Chance(hash ^ (hash >>> 15));
  }

  /** From 0 up to, not including, 1. */
  next = (): number => {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  /** A whole number, both ends included. */
  between = (least: number, most: number): number => least + Math.floor(this.next() * (most - least + 1));

  oneIn = (many: number): boolean => this.next() * many < 1;

  pick = <Each>(from: readonly Each[]): Each => from[this.between(0, from.length - 1)]!;
}
