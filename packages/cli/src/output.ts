import { writeSync } from 'node:fs';

/** As a program ends that SIGPIPE ends, which Node.js ignores. */
const CUT_SHORT = 141;
const UNUSABLE = 2;
const STDERR = 2;

/**
 * What becomes of a command whose output goes nowhere. Whoever reads no further (`| head -1`) wants no more, and is told nothing; a full
 * disk is told, and whatever the command found, the exit code says that its output is not whole.
 */
export function guardOutput(): void {
  let isTold = false;
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(CUT_SHORT);
    if (!isTold) tell(`The output could not be written: ${message}.`);
    isTold = true;
    process.once('exit', () => {
      process.exitCode = UNUSABLE;
    });
  });
  process.stderr.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(CUT_SHORT);
  });
}

/** Standard error may be as full. */
function tell(sentence: string): void {
  try {
    writeSync(STDERR, `${sentence}\n`);
  } catch {
    // The exit code tells it.
  }
}
