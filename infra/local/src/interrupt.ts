import { onNpmGone } from '../ancestors.mjs';

/** The exit codes that shells expect of a program that a signal ended. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** The terminal sends Ctrl-C to npm and to us, and npm passes it on: twice within a moment is once. */
const SAME_WITHIN_MS = 1_000;

/**
 * Calls `stop` once on Ctrl-C, on SIGTERM, when the terminal is closed and when the npm that runs us is gone, and leaves when it is done.
 * A second Ctrl-C leaves at once; the guard then ends what still runs.
 */
export function onInterrupt(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let since: number | undefined;
  onNpmGone(() => process.kill(process.pid, 'SIGTERM'));
  // Who is gone reads nothing any more; that must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  for (const [signal, code] of Object.entries(CODES)) {
    process.on(signal, () => {
      if (since !== undefined) {
        if (signal === 'SIGINT' && Date.now() - since > SAME_WITHIN_MS) process.exit(code);
        return;
      }
      since = Date.now();
      stop(signal as NodeJS.Signals).then(
        () => process.exit(code),
        (error) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}
