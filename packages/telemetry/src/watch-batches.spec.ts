import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Rows } from '@quadrille/choreography';
import { BLOCKED, DUPLICATE, type EventInput, type Input, type Outcome, REPLAYED } from '@quadrille/runtime';
import { kettle, Poured } from '../../runtime/src/kettle.fixture.js';
import { declareMetrics, type ServiceMetrics } from './metrics.js';
import { BatchCounter } from './watch-batches.js';

const { rows, steps } = kettle({ pourable: async () => {}, decidable: () => {} });
const NOW = Date.parse('2026-11-21T12:00:00Z');
const BEGAN = NOW - 4_000;
let metrics: ServiceMetrics;
beforeEach(() => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
  metrics = declareMetrics('kettle');
});
afterEach(() => {
  jest.restoreAllMocks();
});

const input = (from: Input['from'] = 'event', secondsAgo = 0): Input =>
  ({
    from,
    step: steps.steps.find(({ name }) => name === 'pour')!,
    key: 'green',
    at: new Date(NOW - secondsAgo * 1_000).toISOString(),
  }) as EventInput;
const emitted: Outcome = { event: { type: 'test.kettle.poured.v1', subject: 'green' } as never };
const failed: Outcome = { failed: { code: 'step-failed', cause: 'a bug' } };

async function counted(
  batch: readonly (readonly [Input, Outcome])[],
  table: Rows = rows,
): Promise<Record<string, number>> {
  const counter = new BatchCounter(metrics, table, { endings: { POURED: Poured }, beganAt: () => BEGAN });
  counter.committed(
    batch.map(([each]) => each),
    batch.map(([, outcome]) => outcome),
    0.5,
  );
  const { values } = await metrics.steps.get();
  return Object.fromEntries(values.map(({ labels, value }) => [`${labels.kind} ${labels.outcome}`, value]));
}

describe('the counter of a batch', () => {
  it('counts emitted events by name, and parked inputs', async () => {
    const batch = [
      [input(), emitted],
      [input(), emitted],
      [input(), { nothing: true }],
      [input(), failed],
      [input(), BLOCKED],
    ] as const;
    expect(await counted(batch)).toEqual({ 'forward Poured': 2, 'forward nothing': 1, 'forward parked': 2 });
  });

  it('counts a repetition as a duplicate of the inbox or as a replayed answer', async () => {
    const again: Outcome = { ...emitted };
    REPLAYED.add(again);
    expect(
      await counted([
        [input(), DUPLICATE],
        [input('command'), again],
      ]),
    ).toEqual({});
    expect((await metrics.duplicates.get()).values[0]!.value).toBe(1);
  });

  it('counts compensations', async () => {
    const compensating: Rows = { ...rows, pour: { ...rows.pour!, compensates: { refill: Poured } } };
    expect(
      await counted(
        [
          [input(), emitted],
          [input(), { nothing: true }],
        ],
        compensating,
      ),
    ).toEqual({ 'compensation Poured': 1, 'compensation nothing': 1 });
    expect((await metrics.compensations.get()).values[0]!.value).toBe(1);
  });

  it('measures a step from its consumed event, and a saga from its beginning', async () => {
    await counted([[input('event', 2), emitted]]);
    const sum = async (metric: ServiceMetrics['stepDuration']) =>
      (await metric.get()).values.find(({ metricName }) => metricName?.endsWith('_sum'))!.value;
    expect(await sum(metrics.stepDuration)).toBe(2);
    expect(await sum(metrics.sagaDuration)).toBe(4);
  });

  it('measures no duration of a parked input, which runs later', async () => {
    await counted([[input('event', 2), failed]]);
    expect((await metrics.stepDuration.get()).values).toEqual([]);
  });
});
