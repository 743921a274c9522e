import type { CrashPoint } from '@quadrille/crash-points';

interface Waiting<Process> {
  readonly point: CrashPoint;
  left: number;
  readonly crash: (who: Process) => void;
}

/** Faults that wait for a situation: a passage of a crash point, or the next execution of an operation. */
export class Triggers<Process> {
  /** The count of passages per crash point. */
  readonly passages = new Map<CrashPoint, number>();
  private waiting: Waiting<Process>[] = [];
  private readonly next = new Map<string, number>();

  /** Hits the process at the given passage of the point, counted from now. */
  atPassage(point: CrashPoint, passage: number, crash: (who: Process) => void): void {
    this.waiting.push({ point, left: passage, crash });
  }

  passed(point: CrashPoint, who: Process): void {
    this.passages.set(point, (this.passages.get(point) ?? 0) + 1);
    if (this.waiting.length === 0) return;
    for (const each of [...this.waiting]) {
      if (each.point !== point || --each.left > 0) continue;
      this.waiting = this.waiting.filter((other) => other !== each);
      each.crash(who);
    }
  }

  /** Arms a fault for the next execution of an operation. */
  arm(what: string): void {
    this.next.set(what, (this.next.get(what) ?? 0) + 1);
  }

  /** Returns whether an armed fault fires at this execution. */
  hits(what: string): boolean {
    const armed = this.next.get(what) ?? 0;
    if (armed > 0) this.next.set(what, armed - 1);
    return armed > 0;
  }

  /** Removes all armed faults. */
  clear(): void {
    this.waiting = [];
    this.next.clear();
  }
}
