import { writeSync } from 'node:fs';

/** Exit code of a program that SIGPIPE ends; Node.js ignores that signal. */
const CUT_SHORT = 141;
const UNUSABLE = 2;
const STDERR = 2;

/**
 * Handles output that cannot be written. A closed pipe (`| head -1`) ends the command silently. A full disk is reported, and the
 * exit code signals truncated output, for any result of the command.
 */
export function guardOutput(): void {
  let isReported = false;
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(CUT_SHORT);
    if (!isReported) writeError(`The output could not be written: ${message}.`);
    isReported = true;
    process.once('exit', () => {
      process.exitCode = UNUSABLE;
    });
  });
  process.stderr.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(CUT_SHORT);
  });
}

/** Standard error may be full, too. */
function writeError(sentence: string): void {
  try {
    writeSync(STDERR, `${sentence}\n`);
  } catch {
    // The exit code reports it.
  }
}
