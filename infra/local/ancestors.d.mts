/** The command line of a running process; undefined when there is none with this number, or none that still runs. */
export function commandLine(pid: number): string | undefined;
/** Calls `gone` once when the npm that runs us has ended, or a shell in between. */
export function onNpmGone(gone: () => void): void;
