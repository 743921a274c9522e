import { setTimeout as pause } from 'node:timers/promises';
import type { AuditReport, Verdict } from '@quadrille/audit';

const ASK_EVERY_MS = 1_000;
const ANSWERS_WITHIN_MS = 5_000;
/** A look may wait so long for a connection that is silent for ever, and the next one begins anew. */
const AGREES_WITHIN_MS = 180_000;

/** What the auditor saw while things broke, and was broken itself. */
export interface Watched {
  /** Looks that read the whole system. */
  readonly looks: number;
  /** Looks that could not, because a part of it was away. */
  readonly failures: number;
  /** In words: what broke a promise, in any of them. */
  readonly violations: readonly string[];
}

/** Gathers what the auditor says as long as it runs. */
export class Watch {
  readonly #violations = new Set<string>();
  #looks = 0;
  #failures = 0;

  /** A line of the auditor: what it saw on standard output, what it could not do on the other. */
  hear(line: string, stream: 'stdout' | 'stderr'): void {
    if (stream === 'stderr') {
      if (line.startsWith('The audit cannot')) this.#failures++;
      return;
    }
    const judged = judgedIn(line);
    if (!judged) return;
    this.#looks++;
    for (const promise of judged.promises) for (const violation of promise.violations) this.#violations.add(violation);
  }

  /** Asks the auditor at `url` until it says the same as one that came fresh, for so long that it never will. */
  async end(url: string, fresh: readonly Verdict[], withinMs = AGREES_WITHIN_MS): Promise<Watched> {
    const expected = fresh.every(({ holds }) => holds) ? 'holds' : 'broken';
    const deadline = Date.now() + withinMs;
    for (let said = await verdictAt(url); said !== expected; said = await verdictAt(url)) {
      if (Date.now() > deadline) {
        this.#violations.add(
          `the auditor that looked on says "${said}" in the end, one that comes fresh "${expected}"`,
        );
        break;
      }
      await pause(ASK_EVERY_MS);
    }
    return { looks: this.#looks, failures: this.#failures, violations: [...this.#violations] };
  }
}

/** One that is killed may leave half a line. */
function judgedIn(line: string): AuditReport | undefined {
  try {
    return JSON.parse(line) as AuditReport;
  } catch {
    return undefined;
  }
}

async function verdictAt(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/verdict`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return ((await response.json()) as { verdict: string }).verdict;
  } catch (error) {
    return (error as Error).message;
  }
}
