/** The command line of a running process; undefined if no process with this pid runs. */
export function commandLine(pid: number): string | undefined;
/** Calls `gone` once when the npm that runs this process, or a shell between them, has ended. */
export function onNpmGone(gone: () => void): void;
