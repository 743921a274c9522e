import { writeSync } from 'node:fs';
import { type CrashPoint, isCrashPoint } from './crash-points.js';
import { onCrashPoint } from './on-crash-point.js';

const STANDARD_ERROR = 2;
const FORM = /^([a-z.]+)(?::([1-9]\d{0,5}))?$/;

/** `relay.taken` or `relay.taken:3`, its third passage; undefined when it names no point. */
export function parseCrashAt(text: string): { readonly point: CrashPoint; readonly passage: number } | undefined {
  const [, point = '', passage = '1'] = FORM.exec(text) ?? [];
  return isCrashPoint(point) ? { point, passage: Number(passage) } : undefined;
}

/** Lets this process kill itself (SIGKILL: no handler, no flushing) at so many passages of a point from now. */
export function crashOn(point: CrashPoint, passage: number): void {
  let left = passage;
  onCrashPoint((name) => {
    if (name !== point || --left > 0) return;
    // Written at once: nothing of this process runs after the next line.
    writeSync(STANDARD_ERROR, `died at crash point ${point}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
}
