import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningProcess, startProcess } from '../process.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** Often enough to show the effects of a demonstration, rarely enough to spare a laptop's cores. */
const EVERY_SECONDS = 10;

/** The base URL of the auditor on a port. */
export const auditorUrl = (port: number): string => `http://127.0.0.1:${port}`;

/** Starts the auditor of the system in `dataDir`: it audits repeatedly and serves the results on `port`. */
export function startAuditor(dataDir: string, port: number, onLine?: (line: string) => void): Promise<RunningProcess> {
  const often = ['--every-seconds', String(EVERY_SECONDS), '--metrics-port', String(port), '--json'];
  const where = ['--running', join(dataDir, 'running.json')];
  return startProcess({
    name: 'auditor',
    command: process.execPath,
    args: [join(ROOT, 'packages/cli/bin/quadrille.mjs'), 'audit', ...often, ...where],
    cwd: ROOT,
    readyWhen: `${auditorUrl(port)}/health/live`,
    onLine: (line, stream) => {
      // Its verdicts are served over HTTP; only its errors are printed.
      if (stream === 'stderr' && !line.startsWith('/metrics')) onLine?.(line);
    },
  });
}
