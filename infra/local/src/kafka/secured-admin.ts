import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AccessRule } from '@quadrille/choreography';
import type { Security } from '@quadrille/kafka';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const CLI = join(ROOT, 'packages/cli/bin/quadrille.mjs');

/** The output of `npx quadrille topics --acls --json`. */
export function printedRules(): AccessRule[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [CLI, 'topics', '--acls', '--json'], {
    // In the repository, the configuration is the shop's choreography.
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The rules of the topics are not known: ${stderr}`);
  return JSON.parse(stdout) as AccessRule[];
}

/** Whether a broker that requires a login has loaded the coordinators of these groups. */
export async function coordinates(broker: string, security: Security, groups: readonly string[]): Promise<boolean> {
  // The client loads Nest's microservices; only a broker with users needs it.
  const { describeCluster } = await import('@quadrille/kafka');
  const requested = Object.fromEntries(groups.map((group) => [group, []]));
  const wanted = { brokers: [broker], clientId: 'quadrille.local', security, topics: [], groups: requested };
  return describeCluster(wanted).then(
    (found) => found.groups.every(({ cause }) => cause === undefined),
    () => false,
  );
}
