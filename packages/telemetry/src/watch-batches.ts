import { cloudEventType, type EventType, type Rows } from '@quadrille/choreography';
import type { RelayObserver } from '@quadrille/outbox';
import {
  type BatchTelemetry,
  BLOCKED,
  DUPLICATE,
  type Input,
  type Outcome,
  REPLAYED,
  type SagaWatch,
  type Unreadable,
} from '@quadrille/runtime';
import type { ServiceMetrics } from './metrics.js';
import { kindOf } from './samples.js';

/** Combines counter and tracer into one observer; undefined without both. */
export function watchBoth(
  counter: BatchCounter | undefined,
  traces: Pick<BatchTelemetry, 'begin'> | undefined,
  conflict: (error: unknown) => void,
  shed: NonNullable<BatchTelemetry['shed']>,
  skipped: NonNullable<BatchTelemetry['skipped']>,
): BatchTelemetry | undefined {
  if (!counter && !traces) return undefined;
  return {
    conflict,
    shed: shed,
    skipped,
    begin(inputs) {
      const began = performance.now();
      const traced = traces?.begin(inputs);
      return {
        inputs: traced?.inputs ?? inputs,
        committed(outcomes) {
          traced?.committed(outcomes);
          counter?.committed(inputs, outcomes, (performance.now() - began) / 1_000);
        },
        failed: (error) => traced?.failed(error),
      };
    },
  };
}

type Counts = Map<string, Map<string, number>>;

/** Counts the outcomes of a batch: one increment per step and outcome, not per input. */
export class BatchCounter {
  /** Event names by CloudEvents type. */
  private readonly names: ReadonlyMap<string, string>;
  private readonly endings: ReadonlyMap<string, string>;
  private readonly kinds: ReadonlyMap<string, string>;
  private readonly lastEvents = new EventClock();

  constructor(
    private readonly metrics: ServiceMetrics,
    rows: Rows,
    private readonly sagas: Pick<SagaWatch, 'endings' | 'beganAt'> | undefined,
  ) {
    const emitted = Object.values(rows).flatMap((row) => row.emits);
    this.names = new Map(emitted.map((event) => [cloudEventType(event), event.name]));
    this.endings = new Map(
      Object.entries(sagas?.endings ?? {}).map(([word, event]: [string, EventType]) => [cloudEventType(event), word]),
    );
    this.kinds = new Map(Object.entries(rows).map(([step, row]) => [step, kindOf(row)]));
  }

  committed(inputs: readonly (Input | Unreadable)[], outcomes: readonly Outcome[], seconds: number): void {
    const { batchInputs, batchDuration } = this.metrics;
    const now = Date.now();
    const steps: Counts = new Map();
    const duplicates = new Map<string, number>();
    inputs.forEach((input, at) => {
      const step = input.from === 'unreadable' ? input.step : input.step.name;
      const outcome = outcomes[at]!;
      if (outcome === DUPLICATE) increase(duplicates, step);
      else if (!REPLAYED.has(outcome)) this.count(steps, step, input, outcome, now);
    });
    batchInputs.observe(inputs.length);
    batchDuration.observe(seconds);
    for (const [step, count] of duplicates) this.metrics.duplicates.inc({ step }, count);
    for (const [step, outcomesOf] of steps) this.report(step, outcomesOf);
  }

  private count(steps: Counts, step: string, input: Input | Unreadable, outcome: Outcome, now: number) {
    const word = this.wordFor(input, outcome);
    let outcomesOf = steps.get(step);
    if (!outcomesOf) {
      outcomesOf = new Map();
      steps.set(step, outcomesOf);
    }
    increase(outcomesOf, word);
    if (input.from === 'unreadable' || word === 'parked' || word === 'failed') return;
    this.metrics.stepDuration.observe(step, Math.max(0, now - this.lastEvents.read(input.at)) / 1_000);
    if ('event' in outcome) this.endOfSaga(outcome.event.type, outcome.event.subject, now);
  }

  private wordFor(input: Input | Unreadable, outcome: Outcome): string {
    if (input.from === 'unreadable') return 'unreadable';
    if (outcome === BLOCKED) return 'parked';
    if ('event' in outcome) return this.names.get(outcome.event.type) ?? outcome.event.type;
    if ('refused' in outcome) return 'refused';
    if ('failed' in outcome) return input.from === 'event' ? 'parked' : 'failed';
    return 'nothing';
  }

  private endOfSaga(type: string, key: string, now: number): void {
    const ending = this.endings.get(type);
    const began = ending && this.sagas?.beganAt(key);
    if (ending && began) this.metrics.sagaDuration.observe(ending, Math.max(0, now - began) / 1_000);
  }

  private report(step: string, outcomesOf: ReadonlyMap<string, number>): void {
    const kind = this.kinds.get(step) ?? 'none';
    for (const [outcome, count] of outcomesOf) {
      this.metrics.steps.inc({ step, kind, outcome }, count);
      if (kind === 'compensation' && isEvent(outcome)) this.metrics.compensations.inc({ step }, count);
    }
  }
}

/** Events have names in capitals; the other outcomes are words. */
const isEvent = (outcome: string): boolean => outcome < 'a';

const increase = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Parses ISO times and caches the last one: inputs of one batch often have the same text. */
class EventClock {
  private text = '';
  private ms = 0;

  read(text: string): number {
    if (text !== this.text) {
      this.text = text;
      this.ms = Date.parse(text);
    }
    return this.ms;
  }
}

/** Counts the records of a relay: two updates per batch, not one per record. */
export const watchRelay = ({
  outboxSent,
  outboxBatchRows,
  outboxSendDuration,
  outboxFailures,
  outboxDeadLettered,
}: ServiceMetrics): RelayObserver => ({
  sent({ rows, seconds }) {
    outboxSent.inc(rows);
    outboxBatchRows.observe(rows);
    outboxSendDuration.observe(seconds);
  },
  failed() {
    outboxFailures.inc();
  },
  deadLettered(rows) {
    outboxDeadLettered.inc(rows);
  },
});
