import { onNpmGone } from '../ancestors.mjs';

/** The exit codes that shells expect of a program ended by a signal. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** The terminal sends Ctrl-C to npm and to this process, and npm passes it on: two signals within this time count as one. */
const SAME_WITHIN_MS = 1_000;

/**
 * Calls `stop` once on Ctrl-C, on SIGTERM, when the terminal closes and when the npm that runs this process ends; exits afterwards.
 * A second Ctrl-C exits immediately; the guard then stops the remaining processes.
 */
export function onInterrupt(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let since: number | undefined;
  onNpmGone(() => process.kill(process.pid, 'SIGTERM'));
  // Writing to a closed terminal fails; that must not prevent a graceful stop.
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
