import type { CrashPoint } from '@quadrille/crash-points';
import type { Life } from './life.js';

interface Waiting {
  readonly point: CrashPoint;
  left: number;
  readonly strike: (who: Life) => void;
}

/** Faults that wait for a situation: for a passage of a crash point, or for the next time that something is done. */
export class Triggers {
  /** How often each crash point was passed. */
  readonly passages = new Map<CrashPoint, number>();
  private waiting: Waiting[] = [];
  private readonly next = new Map<string, number>();

  /** Strikes whoever passes the point, at that passage from now. */
  atPassage(point: CrashPoint, passage: number, strike: (who: Life) => void): void {
    this.waiting.push({ point, left: passage, strike });
  }

  passed(point: CrashPoint, who: Life): void {
    this.passages.set(point, (this.passages.get(point) ?? 0) + 1);
    if (this.waiting.length === 0) return;
    for (const each of [...this.waiting]) {
      if (each.point !== point || --each.left > 0) continue;
      this.waiting = this.waiting.filter((other) => other !== each);
      each.strike(who);
    }
  }

  /** Lets something go wrong the next time it is done. */
  arm(what: string): void {
    this.next.set(what, (this.next.get(what) ?? 0) + 1);
  }

  /** It is done now: whether it goes wrong. */
  strikes(what: string): boolean {
    const armed = this.next.get(what) ?? 0;
    if (armed > 0) this.next.set(what, armed - 1);
    return armed > 0;
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.waiting = [];
    this.next.clear();
  }
}
