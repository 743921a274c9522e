import type { Row } from '@quadrille/choreography';
import type { Gauge } from 'prom-client';

/** Gauges that need a query to the database or the broker. */
export interface Sample {
  readonly name: string;
  /** Runs the query and sets the gauges. */
  readonly take: () => Promise<void>;
  /** Removes the gauges when the last result is too old. */
  readonly clear: () => void;
}

/** Validity of a result in ms: a second scraper within it causes no query. */
const FRESH_FOR_MS = 5_000;
/** A slow sample is taken seldom, so that it uses at most a twentieth of the time. */
const REST_PER_WORK = 20;
/** Maximum delay of a scrape in ms; gauges without a result by then are omitted. */
const ANSWER_WITHIN_MS = 2_000;

/** Runs queries on a scrape, at a limited rate; without scrapes it runs none. */
export class Samples {
  private readonly nextAt = new Map<Sample, number>();
  private readonly running = new Map<Sample, Promise<void>>();

  constructor(
    private readonly samples: readonly Sample[],
    private readonly up: Pick<Gauge<'sample'>, 'set'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Never rejects. */
  async look(): Promise<void> {
    const due = this.samples.filter((sample) => (this.nextAt.get(sample) ?? 0) <= this.now());
    if (due.length === 0) return;
    const answered = new Set<Sample>();
    const all = Promise.all(due.map((sample) => this.takeOnce(sample).then(() => answered.add(sample))));
    await Promise.race([all, elapsed(ANSWER_WITHIN_MS)]);
    for (const sample of due) if (!answered.has(sample)) this.failed(sample);
  }

  /** Runs one query at a time per sample. */
  private takeOnce(sample: Sample): Promise<void> {
    const running = this.running.get(sample) ?? this.take(sample).finally(() => this.running.delete(sample));
    this.running.set(sample, running);
    return running;
  }

  private async take(sample: Sample): Promise<void> {
    const began = this.now();
    try {
      await sample.take();
      this.up.set({ sample: sample.name }, 1);
    } catch {
      this.failed(sample);
    }
    const tookMs = this.now() - began;
    this.nextAt.set(sample, this.now() + Math.max(FRESH_FOR_MS, REST_PER_WORK * tookMs));
  }

  private failed(sample: Sample): void {
    sample.clear();
    this.up.set({ sample: sample.name }, 0);
  }
}

const elapsed = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** The kind of a step as a label, so that an alert on compensations does not list the steps. */
export type RowKind = 'forward' | 'compensation' | 'interrupt' | 'follow-up';

export const kindOf = (row: Row): RowKind => row.role ?? (row.compensates ? 'compensation' : 'forward');
