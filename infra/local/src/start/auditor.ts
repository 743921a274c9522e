import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningProcess, startProcess } from '../process.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** Often enough to see what a demonstration does, seldom enough to leave a laptop its cores. */
const EVERY_SECONDS = 10;

/** Where the auditor of a port answers. */
export const auditorUrl = (port: number): string => `http://127.0.0.1:${port}`;

/** Starts the auditor of the system whose data lie in `dataDir`: it looks at it from outside again and again, and tells on `port`. */
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
      // Its verdicts are asked for; what it cannot do it says itself.
      if (stream === 'stderr' && !line.startsWith('/metrics')) onLine?.(line);
    },
  });
}
