import { PEOPLE } from '@quadrille/load';
import { newId } from '@quadrille/nest';
import { Command } from 'commander';
import { checkPromises, splitIn } from '../measure/measure.js';
import { PROTOCOLS } from '../protocols/all.js';
import { bodyOf, post } from '../run/customers.js';
import { untilAtRest } from '../run/run.js';
import { query } from '../run/servers.js';
import { start } from '../run/start.js';
import { listProducts } from '../run/stock-the-shop.js';
import { expiryOption, protocolAmong, wholeNumber } from './options.js';
import { DATA_DIR, progress, usable } from './run-cell.js';

interface Options {
  readonly rounds: number;
  readonly expiry: number;
  readonly json?: true;
}

const PIECES = 2;
/** Of these, the control oversells dozens. */
const ROUNDS = 200;

interface Race {
  readonly protocol: string;
  readonly rounds: number;
  readonly oneWinner: number;
  readonly bothRefused: number;
  readonly oversold: number;
  readonly split: number;
}

/** `quadrille lab race PROTOCOL`: in each round two customers order the last two pieces at once. */
export const raceCommand = new Command('race')
  .description('let two customers race for the last two pieces, round after round')
  .argument('<protocol>', 'its name, or all', protocolAmong([...PROTOCOLS, 'all']))
  .option('--rounds <n>', 'number of rounds, each with a SKU of its own', wholeNumber(1, 1_000), ROUNDS)
  .addOption(expiryOption())
  .option('--json', 'print the counts as JSON')
  .action(async (protocol: string, { rounds, expiry, json }: Options) => {
    const print = progress();
    const races: Race[] = [];
    for (const name of protocol === 'all' ? PROTOCOLS : [protocol]) {
      const race = await raceBy(name, rounds, expiry, print);
      races.push(race);
      if (!json) console.log(format(race));
    }
    if (json) console.log(JSON.stringify(protocol === 'all' ? races : races[0], null, 2));
    const unmet = races.flatMap(({ protocol, oversold, split }) => wrongIn(protocol, oversold + split, rounds));
    for (const each of unmet) console.error(each);
    process.exitCode = unmet.length === 0 ? 0 : 1;
  });

/** Protocols that sell the last pieces twice, or complete orders without goods. */
const OVERSELLS: ReadonlySet<string> = new Set(['unprotected', '0.5PS']);
/** So many races show it for certain. */
const ENOUGH_ROUNDS = 20;

function wrongIn(protocol: string, wrong: number, rounds: number): string[] {
  if (protocol === '3PS-unordered') return [];
  if (!OVERSELLS.has(protocol)) return wrong > 0 ? [`${protocol}: not as expected, ${wrong} races went wrong`] : [];
  return wrong === 0 && rounds >= ENOUGH_ROUNDS ? [`${protocol}: not as expected, every race had one winner`] : [];
}

async function raceBy(
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
      `select count(*) filter (where status = 'COMPLETED')::int as won from orders group by itinerary->'items'->0->>'sku'`,
    );
    const count = (winners: number) => rows.filter(({ won }) => won === winners).length;
    const { verdicts } = await checkPromises(shop.databases);
    const split = splitIn(verdicts).size;
    return { protocol, rounds, oneWinner: count(1), bothRefused: count(0), oversold: count(2), split };
  } finally {
    await shop.stop();
  }
}

const format = ({ protocol, ...counts }: Race): string =>
  `${protocol.padEnd(20)} ${Object.entries(counts)
    .map(([name, n]) => `${name} ${n}`)
    .join(' · ')}`;
