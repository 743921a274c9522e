export { type ChaosOptions, chaos, RECOVERED_WITHIN_MS } from './chaos.js';
export { FaultProxy } from './proxy/fault-proxy.js';
export { CLEAR, type LinkConditions } from './proxy/link.js';
export { draw } from './report/draw.js';
export type { Effect, Report } from './report/report.js';
export { type Fault, schedule } from './schedule/schedule.js';
