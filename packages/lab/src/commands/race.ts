import { PEOPLE } from '@quadrille/load';
import { newId } from '@quadrille/nest';
import { Command } from 'commander';
import { judge, splitIn } from '../measure/measure.js';
import { PROTOCOLS } from '../protocols/all.js';
import { bodyOf, post } from '../run/customers.js';
import { query } from '../run/servers.js';
import { start } from '../run/start.js';
import { deliver } from '../run/stock-the-shop.js';
import { duration, oneOf, wholeNumber } from './options.js';
import { DATA_DIR, progress } from './run-cell.js';

interface Given {
  readonly rounds: number;
  readonly expiry: number;
  readonly json?: true;
}

const PIECES = 2;

/** `quadrille lab race PROTOCOL`: per round, two customers concurrently order both of the last two pieces. */
export const raceCommand = new Command('race')
  .description('let two customers race for the last two pieces in repeated rounds')
  .argument('<protocol>', 'protocol name', oneOf(...PROTOCOLS))
  .option('--rounds <n>', 'number of rounds; each uses a new SKU', wholeNumber(1, 1_000), 50)
  .option('--expiry <duration>', 'time until a reservation expires', duration, 15_000)
  .option('--json', 'print the counts as JSON')
  .action(async (protocol: string, { rounds, expiry, json }: Given) => {
    const say = progress();
    const options = { expiryMs: expiry };
    const shop = await start({
      protocol,
      options,
      decisions: 'postgres',
      withPartition: false,
      dataDir: DATA_DIR,
      say,
    });
    try {
      const { urls } = shop.databases;
      const won: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const sku = `LAST-TWO-${round}`;
        await deliver(urls, sku, PIECES);
        const order = (customer: number) =>
          post(`${shop.lab!.intakes[customer]}/orders`, {
            ...bodyOf(false, 0),
            customerId: PEOPLE.rich[customer]!,
            items: [{ sku, quantity: PIECES }],
            orderId: newId(),
          }).catch(() => undefined);
        await Promise.all([order(0), order(1)]);
        const [row] = await query<{ won: number }>(
          urls.order!,
          `select count(*)::int as won from orders where status = 'COMPLETED' and itinerary->'items'->0->>'sku' = $1`,
          [sku],
        );
        won.push(row!.won);
      }
      const count = (winners: number) => won.filter((each) => each === winners).length;
      const { verdicts } = await judge(shop.databases);
      const counts = {
        rounds,
        oneWinner: count(1),
        bothRefused: count(0),
        oversold: count(2),
        split: splitIn(verdicts).size,
      };
      if (json) console.log(JSON.stringify(counts, null, 2));
      else
        console.log(
          Object.entries(counts)
            .map(([name, n]) => `${name} ${n}`)
            .join(' · '),
        );
    } finally {
      await shop.stop();
    }
  });
