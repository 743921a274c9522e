import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '../calls.js';
import { DEFINITIONS, environmentOf } from '../participant/definitions.js';
import { dependenciesOf, poolOf, postgresParticipant } from '../participant/postgres-participant.js';
import { STEPS } from '../phases.js';
import type { ServiceName } from '../protocol.js';
import { takeOver } from '../run/data-folder.js';
import { type Databases, query, startDatabases } from '../run/servers.js';
import { DATA_DIR, usable } from './run-cell.js';

/** An order that a protocol left to an operator, with its state in each service. */
interface Intervention {
  readonly tx: string;
  readonly order: any;
  readonly states: Readonly<Record<string, string>>;
}

const TABLES = { order: 'orders', payment: 'payments', inventory: 'reservations', shipping: 'shipments' } as const;
/** The states that are consistent with a cancelled and with a completed order. */
const DONE = {
  cancel: new Set(['none', 'CANCELLED', 'failed', 'voided', 'refunded', 'released', 'cancelled']),
  confirm: new Set(['COMPLETED', 'captured', 'committed', 'dispatched']),
} as const;

/** Lists the orders that the last run left to an operator. Exit code 1 if there are any. */
export const listInterventions = ({ json }: { readonly json?: true }): Promise<void> =>
  onTheLastRun(async (databases) => {
    const found = await interventionsIn(databases);
    if (json) console.log(JSON.stringify(found, null, 2));
    else if (found.length === 0) console.log('No order needs an operator.');
    else for (const each of found) console.log(format(each));
    process.exitCode = found.length === 0 ? 0 : 1;
  });

/** Confirms or cancels an order in all services. */
export const resolveIntervention = (tx: string, how: 'confirm' | 'cancel', json?: true): Promise<void> =>
  onTheLastRun((databases) => resolve(databases, tx, how, json));

async function resolve(databases: Databases, tx: string, how: 'confirm' | 'cancel', json?: true): Promise<void> {
  const found = (await interventionsIn(databases)).find((each) => each.tx === tx);
  if (!found) return fail(`${tx} needs no operator.`);
  for (const service of SERVICES) await act(how, service, databases, found.order);
  const now = { ...found, states: await statesOf(databases, tx) };
  console.log(json ? JSON.stringify(now, null, 2) : format(now));
  const left = SERVICES.filter((service) => !DONE[how].has(now.states[service]!)).join(' and ');
  if (left && how === 'cancel') return fail(`No step can compensate the effects in ${left}.`);
  if (left) return fail(`${left} cannot confirm: the reservation has expired. Cancel the order instead.`);
  const erase = `delete from lab_records where kind in ('interventions', 'sagas') and key = $1`;
  await query(databases.urls.coordinators!, erase, [tx]);
}

async function onTheLastRun(work: (databases: Databases) => Promise<void>): Promise<void> {
  if (!existsSync(join(DATA_DIR, 'postgres'))) {
    console.error('No data of a run found. Start one with: quadrille lab run');
    process.exitCode = 2;
    return;
  }
  const databases = await usable(takeOver(DATA_DIR).then(() => startDatabases(DATA_DIR)));
  try {
    await work(databases);
  } finally {
    await databases.stop();
  }
}

async function interventionsIn(databases: Databases): Promise<Intervention[]> {
  const rows = await query<{ key: string; value: { order: any } }>(
    databases.urls.coordinators!,
    `select key, value from lab_records where kind = 'interventions' order by key`,
  );
  return Promise.all(
    rows.map(async ({ key, value }) => ({ tx: key, order: value.order, states: await statesOf(databases, key) })),
  );
}

async function statesOf({ urls }: Databases, orderId: string): Promise<Record<string, string>> {
  const states = SERVICES.map(async (service) => {
    const [row] = await query(urls[service]!, `select status from ${TABLES[service]} where order_id = $1`, [orderId]);
    return [service, String(row?.status ?? 'none')] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

async function act(how: 'confirm' | 'cancel', service: ServiceName, { urls }: Databases, order: any): Promise<void> {
  const definition = DEFINITIONS[service];
  const pool = poolOf(urls[service]!);
  try {
    const context = postgresParticipant(service, pool, dependenciesOf(definition, environmentOf(definition)));
    await context.transaction((local) => local.step(STEPS[service][how], { ...order, reason: 'operator' }));
  } finally {
    await pool.end();
  }
}

const format = ({ tx, states }: Intervention): string =>
  `${tx}  ${SERVICES.map((service) => `${service} ${states[service]}`).join(', ')}`;

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}
