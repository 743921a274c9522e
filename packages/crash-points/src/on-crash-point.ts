import type { CrashPoint } from './crash-points.js';

/** Is told that a point is passed. `whose`: an object that only the passing process has, where one program plays many. */
export type CrashPointListener = (name: CrashPoint, whose: object | undefined) => void;

let onHit: CrashPointListener | undefined;

/** A place at which the process may be made to die. Nobody listens in production: then it costs one comparison. */
export function crashPoint(name: CrashPoint, whose?: object): void {
  if (onHit !== undefined) onHit(name, whose);
}

/** Is told of each passage from now on, alone; undefined: nobody is. */
export function onCrashPoint(listener: CrashPointListener | undefined): void {
  onHit = listener;
}
