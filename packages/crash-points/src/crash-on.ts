import { writeSync } from 'node:fs';
import { type CrashPoint, isCrashPoint, onCrashPoint } from './crash-points.js';

const STANDARD_ERROR = 2;
const FORM = /^([a-z.]+)(?::([1-9]\d{0,5}))?$/;

/** Parses `relay.taken` or `relay.taken:3` (the third hit). Returns undefined for an unknown point. */
export function parseCrashAt(text: string): { readonly point: CrashPoint; readonly passage: number } | undefined {
  const [, point = '', passage = '1'] = FORM.exec(text) ?? [];
  return isCrashPoint(point) ? { point, passage: Number(passage) } : undefined;
}

/** Makes this process send itself SIGKILL (no handler, no flush) at hit number `passage` of a point, counted from now. */
export function crashOn(point: CrashPoint, passage: number): void {
  let left = passage;
  onCrashPoint((name) => {
    if (name !== point || --left > 0) return;
    // Written synchronously: no code of this process runs after the next line.
    writeSync(STANDARD_ERROR, `died at crash point ${point}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
}
