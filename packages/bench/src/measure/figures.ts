import { rounded } from '../report/words.js';
import type { Used } from './window.js';

/** The figures of a run, per saga. */
export interface Figures {
  readonly sagasPerSecond: number;
  readonly cpuMicrosPerSaga: number;
  readonly cpuMicrosByProcess: Readonly<Record<string, number>>;
  readonly memoryMegabytesByProcess: Readonly<Record<string, number>>;
  readonly statementsPerSaga: number;
  readonly kafkaRequestsPerSaga: number;
  readonly kafkaRequestsByKind: Readonly<Record<string, number>>;
}

const BYTES_PER_MB = 1_048_576;

/** Divides the resources used by the number of orders. */
export function figuresOf(run: {
  readonly orders: number;
  readonly sagasPerSecond: number;
  readonly used: Used;
}): Figures {
  const { orders, sagasPerSecond, used } = run;
  return {
    sagasPerSecond: rounded(sagasPerSecond),
    cpuMicrosPerSaga: rounded(sum(used.cpuMicros) / orders),
    cpuMicrosByProcess: mapValues(used.cpuMicros, (micros) => rounded(micros / orders)),
    memoryMegabytesByProcess: mapValues(used.memoryBytes, (bytes) => Math.round(bytes / BYTES_PER_MB)),
    statementsPerSaga: rounded(used.statements / orders),
    kafkaRequestsPerSaga: rounded(sum(used.kafkaRequests) / orders),
    kafkaRequestsByKind: mapValues(used.kafkaRequests, (requests) => rounded(requests / orders)),
  };
}

const mapValues = (values: Readonly<Record<string, number>>, change: (value: number) => number) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));

/** The sum of all values. */
export const sum = (values: Readonly<Record<string, number>>): number =>
  Object.values(values).reduce((all, each) => all + each, 0);
