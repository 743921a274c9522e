import type { BatchTelemetry } from '@quadrille/runtime';
import type { BatchCounter } from './watch-batches.js';

/** Combines counter and tracer into one observer; undefined without both. */
export function watchBoth(
  counter: BatchCounter | undefined,
  traces: Pick<BatchTelemetry, 'begin'> | undefined,
  conflict: (error: unknown) => void,
  shed: NonNullable<BatchTelemetry['shed']>,
  passedOver: NonNullable<BatchTelemetry['passedOver']>,
): BatchTelemetry | undefined {
  if (!counter && !traces) return undefined;
  return {
    conflict,
    shed: shed,
    passedOver,
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
