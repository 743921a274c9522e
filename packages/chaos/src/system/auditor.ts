import { fileURLToPath } from 'node:url';
import { type ServiceName, variableOf } from '@quadrille/contracts';
import { AUDITOR as AUDITOR_USER, freePort, type System, startProcess } from '@quadrille/local';
import { AUDITOR } from '../schedule/kinds.js';
import { Instance, STARTED_WITHIN_MS } from './instance.js';

const QUADRILLE = fileURLToPath(new URL('../../../../packages/cli/bin/quadrille.mjs', import.meta.url));
const LOOK_EVERY_SECONDS = '5';

/** Called with each line of the auditor: reports on standard output, failures on standard error. */
export type OnSaid = (line: string, stream: 'stdout' | 'stderr') => void;

/**
 * Starts the auditor as operators run it: a process that audits every 5 s. It uses the same proxies as the services, so
 * network faults affect it too, and it is a target of kills and pauses.
 */
export async function startAuditor(
  { databases, kafka }: System,
  providerUrl: string,
  onSaid: OnSaid,
  onSurprise: (sentence: string) => void,
): Promise<Instance> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const addresses = Object.entries(databases).map(([service, address]) => [
    variableOf(service as ServiceName, 'DATABASE_URL'),
    address,
  ]);
  const start = () =>
    startProcess({
      name: AUDITOR,
      command: process.execPath,
      args: [QUADRILLE, 'audit', '--every-seconds', LOOK_EVERY_SECONDS, '--metrics-port', String(port), '--json'],
      env: {
        ...Object.fromEntries(addresses),
        KAFKA_BROKERS: kafka.brokers.join(),
        ...kafka.secured?.variables(AUDITOR_USER),
        PAYMENT_PROVIDER_URL: providerUrl,
        KAFKAJS_NO_PARTITIONER_WARNING: '1',
      },
      onLine: onSaid,
      readyWhen: `${url}/health/live`,
      readyWithinMs: STARTED_WITHIN_MS,
    });
  const auditor = new Instance({ name: AUDITOR, url, adminUrl: url, start, onSurprise });
  await auditor.begin();
  return auditor;
}
