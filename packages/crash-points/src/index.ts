export { crashOn, parseCrashAt } from './crash-on.js';
export {
  CRASH_POINTS,
  type CrashPoint,
  type CrashPointListener,
  crashPoint,
  isCrashPoint,
  onCrashPoint,
} from './crash-points.js';
