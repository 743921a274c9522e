/** Numbers by name. */
export type Counts = Readonly<Record<string, number>>;

/** Counts of the last seconds, for a smooth rate. */
export class Sliding {
  private looks: { readonly at: number; readonly seconds: number; readonly counts: Counts }[] = [];

  constructor(private readonly windowSeconds: number) {}

  /** Adds the counts since the previous call; times in milliseconds. */
  add(at: number, sinceMs: number, counts: Counts): void {
    this.looks.push({ at, seconds: sinceMs / 1_000, counts });
    const oldest = at - this.windowSeconds * 1_000;
    this.looks = this.looks.filter((look) => look.at > oldest);
  }

  totals(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { counts } of this.looks) {
      for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
    }
    return sums;
  }

  /** Per second, rounded to a tenth. */
  rates(): Record<string, number> {
    const seconds = this.looks.reduce((sum, look) => sum + look.seconds, 0);
    if (seconds === 0) return {};
    return Object.fromEntries(
      Object.entries(this.totals()).map(([name, count]) => [name, Math.round((count / seconds) * 10) / 10]),
    );
  }
}
