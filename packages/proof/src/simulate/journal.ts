const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Number of retained lines at the end of a run. */
const MAX_LINES = 200;

/** The events of a run: counted by kind, the last ones as text, and all of them in one fingerprint. */
export class Journal {
  readonly counts = new Map<string, number>();
  readonly lines: string[] = [];
  private hash = FNV_OFFSET_BASIS;

  constructor(private readonly now: () => number) {}

  /** `kind` is a situation that should occur in some run; `detail` identifies it. Neither may hold a random id. */
  note(kind: string, detail: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const line = `${Math.floor(this.now())} ms ${kind}: ${detail}`;
    for (let at = 0; at < line.length; at++) this.hash = Math.imul(this.hash ^ line.charCodeAt(at), FNV_PRIME);
    this.lines.push(line);
    if (this.lines.length > 2 * MAX_LINES) this.lines.splice(0, MAX_LINES);
  }

  /** Equal for two runs if, and only if, their journals are equal. */
  get fingerprint(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }
}
