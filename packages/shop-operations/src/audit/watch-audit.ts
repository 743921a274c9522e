import { setTimeout as pause } from 'node:timers/promises';
import { type AuditReport, RunningAudit, type Sources } from '@quadrille/audit';
import { hostNamesIn } from '@quadrille/nest/hosts';
import { Refusal, UNUSABLE } from '@quadrille/operate/terminal/acting';
import { AuditMetrics } from './audit-metrics.js';
import { type AuditState, portOf, serveVerdict } from './serve-verdict.js';

/** The settings of a repeated audit. */
export interface AuditWatchOptions {
  readonly everyMs: number;
  readonly overdueAfterMs: number;
  /** The port of metrics and the last verdict; 0 selects a free one. */
  readonly port?: number;
  readonly report: (judged: AuditReport) => void;
}

const BROKEN = 1;
const HOST = () => process.env.HOST || '127.0.0.1';

/** The allowed host names of requests. */
const HOSTS = () => hostNamesIn(process.env.ALLOWED_HOSTS ?? '');

/**
 * Audits until SIGINT or SIGTERM. A pass that cannot read the system is reported on standard error and in the metrics, and the next one
 * retries, because the audit must continue during an outage. Exit code 1 if the last pass found a broken promise, 2 if it
 * could not read the system.
 */
export async function watchAudit(
  sources: Sources,
  { everyMs, overdueAfterMs, port, report }: AuditWatchOptions,
): Promise<void> {
  const over = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort());
  const metrics = new AuditMetrics();
  let state: AuditState = { judged: null, error: null, since: null };
  const server = port === undefined ? undefined : await serve(port, metrics, () => state);
  const audit = new RunningAudit(sources, { overdueAfterMs });
  try {
    while (!over.signal.aborted) {
      const startedAt = Date.now();
      try {
        const judged = await audit.look();
        state = { judged, error: null, since: null };
        metrics.update(judged);
        report(judged);
        process.exitCode = judged.verdict === 'broken' ? BROKEN : 0;
      } catch (error) {
        const why = (error as Error).message || String(error);
        state = { ...state, error: why, since: state.since ?? new Date(startedAt).toISOString() };
        metrics.failed();
        process.exitCode = UNUSABLE;
        console.error(`The audit cannot read the system (${state.error}); it retries.`);
      }
      const rest = Math.max(0, startedAt + everyMs - Date.now());
      await pause(rest, undefined, { signal: over.signal }).catch(() => {});
    }
  } finally {
    server?.close();
    server?.closeAllConnections();
    await audit.close();
  }
}

async function serve(port: number, metrics: AuditMetrics, state: () => AuditState) {
  const server = await serveVerdict(port, { host: HOST(), hosts: HOSTS() }, metrics, state).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Refusal(`The audit cannot listen on port ${port} (${error.code}): choose another with --metrics-port.`);
    },
  );
  console.error(`/metrics and /verdict at http://${HOST()}:${portOf(server)}`);
  return server;
}
