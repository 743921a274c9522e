const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** How much of the end of a run is kept to be told. */
const KEPT_LINES = 200;

/** What happened in a run: counted by its kind, its end kept, all of it in one number. */
export class Journal {
  readonly counts = new Map<string, number>();
  readonly lines: string[] = [];
  private hash = FNV_OFFSET_BASIS;

  constructor(private readonly now: () => number) {}

  /** `kind` is a situation that should come up sometimes; `detail` says which. Neither may hold a random id. */
  note(kind: string, detail: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const line = `${Math.floor(this.now())} ms ${kind}: ${detail}`;
    for (let at = 0; at < line.length; at++) this.hash = Math.imul(this.hash ^ line.charCodeAt(at), FNV_PRIME);
    this.lines.push(line);
    if (this.lines.length > 2 * KEPT_LINES) this.lines.splice(0, KEPT_LINES);
  }

  /** The same for two runs if, and only if, they were the same to the last event. */
  get fingerprint(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }
}
