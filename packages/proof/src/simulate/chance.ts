/** Random numbers that follow from a seed alone (mulberry32): the same seed, the same run. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
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
