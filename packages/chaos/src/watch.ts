import { setTimeout as pause } from 'node:timers/promises';
import type { AuditReport, Verdict } from '@quadrille/audit';

const ASK_EVERY_MS = 1_000;
const ANSWERS_WITHIN_MS = 5_000;
/** An audit may wait this long for a half-open connection; the next one starts anew. */
const AGREES_WITHIN_MS = 180_000;

/** Results of the auditor that ran during the faults. */
export interface Watched {
  /** Audits that read the whole system. */
  readonly looks: number;
  /** Audits that failed because a component was down. */
  readonly failures: number;
  /** The violations that any audit found. */
  readonly violations: readonly string[];
}

/** Collects the results of the auditor while it runs. */
export class Watch {
  readonly #violations = new Set<string>();
  #looks = 0;
  #failures = 0;

  /** Takes a line of the auditor: a report from standard output, a failure from standard error. */
  readLine(line: string, stream: 'stdout' | 'stderr'): void {
    if (stream === 'stderr') {
      if (line.startsWith('The audit cannot')) this.#failures++;
      return;
    }
    const judged = judgedIn(line);
    if (!judged) return;
    this.#looks++;
    for (const promise of judged.promises) for (const violation of promise.violations) this.#violations.add(violation);
  }

  /** Polls the auditor at `url` until its verdict equals that of a new audit, or until the limit. */
  async end(url: string, fresh: readonly Verdict[], withinMs = AGREES_WITHIN_MS): Promise<Watched> {
    const expected = fresh.every(({ holds }) => holds) ? 'holds' : 'broken';
    const deadline = Date.now() + withinMs;
    for (let verdict = await verdictAt(url); verdict !== expected; verdict = await verdictAt(url)) {
      if (Date.now() > deadline) {
        this.#violations.add(`the running auditor reports "${verdict}" at the end, a new audit "${expected}"`);
        break;
      }
      await pause(ASK_EVERY_MS);
    }
    return { looks: this.#looks, failures: this.#failures, violations: [...this.#violations] };
  }
}

/** A killed auditor may leave a partial line. */
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
