export { collectGauges, type Parts } from './collect-gauges.js';
export { declareHttpMetrics, declareMetrics, type ServiceMetrics } from './metrics.js';
export { Samples } from './samples.js';
export { samplesOf } from './samples-of.js';
export { serveMetrics } from './serve-metrics.js';
export { openTracing, type Send } from './tracing.js';
export { BatchCounter } from './watch-batches.js';
export { watchBoth } from './watch-both.js';
export { watchRelay } from './watch-relay.js';
