export { collectGauges, type Parts } from './collect-gauges.js';
export { declareHttpMetrics, declareMetrics, type ServiceMetrics } from './metrics.js';
export { Samples } from './samples.js';
export { samplesOf } from './samples-of.js';
export { serveMetrics } from './serve-metrics.js';
export type { Send } from './trace-send.js';
export { openTracing } from './tracing.js';
export { BatchCounter, watchBoth, watchRelay } from './watch-batches.js';
