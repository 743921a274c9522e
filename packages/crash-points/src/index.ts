export { crashOn, parseCrashAt } from './crash-on.js';
export { CRASH_POINTS, type CrashPoint, isCrashPoint } from './crash-points.js';
export { type CrashPointListener, crashPoint, onCrashPoint } from './on-crash-point.js';
