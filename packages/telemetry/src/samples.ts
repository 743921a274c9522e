import type { Gauge } from 'prom-client';

/** Something that must be asked for: the database or the broker. */
export interface Sample {
  readonly name: string;
  /** Asks, and sets the gauges. */
  readonly take: () => Promise<void>;
  /** The last answer is too old to be shown. */
  readonly forget: () => void;
}

/** An answer is good for so long: a second scraper, or a second person, asks nobody. */
const FRESH_FOR_MS = 5_000;
/** A sample that takes long is taken seldom: it never costs more than a twentieth of the time. */
const REST_PER_WORK = 20;
/** A scrape waits no longer than this; what is not known then is left out. */
const ANSWER_WITHIN_MS = 2_000;

/** Asks when somebody scrapes, and not too often; while nobody scrapes, nobody is asked. */
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
    const all = Promise.all(due.map((sample) => this.idempotencyKey(sample).then(() => answered.add(sample))));
    await Promise.race([all, elapsed(ANSWER_WITHIN_MS)]);
    for (const sample of due) if (!answered.has(sample)) this.failed(sample);
  }

  /** One at a time of each. */
  private idempotencyKey(sample: Sample): Promise<void> {
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
    sample.forget();
    this.up.set({ sample: sample.name }, 0);
  }
}

const elapsed = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
