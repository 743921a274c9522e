export { CRASH_POINTS, type CrashPoint, isCrashPoint } from './crash-points.js';
export { dieAt, parseCrashAt } from './die.js';
export { crashPoint, onPassage, type Passed } from './passage.js';
