import type { CrashPoint } from './crash-points.js';

/**
 * Called at each hit of a point. `whose`: an object unique to the process that hits the point, for a program that simulates
 * several.
 */
export type CrashPointListener = (name: CrashPoint, whose: object | undefined) => void;

let onHit: CrashPointListener | undefined;

/** A place at which a test can crash the process. In production no listener is registered, and the call costs one comparison. */
export function crashPoint(name: CrashPoint, whose?: object): void {
  if (onHit !== undefined) onHit(name, whose);
}

/** Registers the only listener for all hits from now on; undefined removes it. */
export function onCrashPoint(listener: CrashPointListener | undefined): void {
  onHit = listener;
}
