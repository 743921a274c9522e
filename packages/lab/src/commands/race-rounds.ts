import { PEOPLE } from '@quadrille/load';
import { newId } from '@quadrille/nest';
import { checkPromises, splitIn } from '../measure/measure.js';
import { bodyOf, post } from '../run/customers.js';
import { untilAtRest } from '../run/run.js';
import { query } from '../run/servers.js';
import { start } from '../run/start.js';
import { listProducts } from '../run/stock-the-shop.js';
import { DATA_DIR, usable } from './run-cell.js';

const PIECES = 2;

/** The number of rounds per result. */
export interface Race {
  readonly protocol: string;
  readonly rounds: number;
  readonly oneWinner: number;
  readonly bothRefused: number;
  readonly oversold: number;
  readonly split: number;
}

/** Starts a protocol and runs its rounds, each with a SKU of its own. */
export async function raceBy(
  protocol: string,
  rounds: number,
  expiryMs: number,
  print: (line: string) => void,
): Promise<Race> {
  const options = { expiryMs };
  const given = { decisions: 'postgres', faults: ['none'], dataDir: DATA_DIR, print } as const;
  const shop = await usable(start({ protocol, options, ...given }));
  try {
    const { urls } = shop.databases;
    const skus = Array.from({ length: rounds }, (_, round) => `LAST-TWO-${round}`);
    await listProducts(urls, skus, PIECES);
    for (const sku of skus) {
      const order = (customer: number) =>
        post(`${shop.lab!.intakes[customer]}/orders`, {
          ...bodyOf(false, 0),
          customerId: PEOPLE.rich[customer]!,
          items: [{ sku, quantity: PIECES }],
          orderId: newId(),
        }).catch(() => undefined);
      await Promise.all([order(0), order(1)]);
    }
    // 1.5PS answers before the order is completed.
    if (shop.recovers()) await untilAtRest(shop.databases);
    const rows = await query<{ won: number }>(
      urls.order!,
      `select count(*) filter (where status = 'COMPLETED')::int as won from orders group by details->'items'->0->>'sku'`,
    );
    const count = (winners: number) => rows.filter(({ won }) => won === winners).length;
    const { verdicts } = await checkPromises(shop.databases);
    const split = splitIn(verdicts).size;
    return { protocol, rounds, oneWinner: count(1), bothRefused: count(0), oversold: count(2), split };
  } finally {
    await shop.stop();
  }
}
