import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSealed, mapTexts } from '@quadrille/choreography';
import { exampleOrder, shop, subjectOf } from '@quadrille/contracts';
import { createKeysDatabase, startPostgres } from '@quadrille/local';
import { DataKeys, KeyedPersonalData, sealCommandsOf } from '@quadrille/personal-data';
import pg from 'pg';
import type { Findings } from '../report/case-result.js';
import { number, rounded } from '../report/words.js';
import { withStarted } from '../systems/started.js';
import type { Assignment, BenchCase } from './bench-case.js';

const LOAD = { orders: 20_000, customers: 1_000 };
const QUICK = { orders: 200, customers: 20 };
/** Orders in flight. */
const AT_ONCE = 100;
const CONNECTIONS = 2;
/** Of encryption and sealing, in turn: the least of each counts, because the speed of a machine varies. */
const ROUNDS = 5;
/** Of sealing, relative to encryption alone: keys, nonces, encoding and the copy of the command. */
const MOST_TIMES = 2.2;

/** The cost of sealing and opening the address of an order. */
export const personalDataCase: BenchCase = {
  name: 'personal-data',
  what: 'sealing and opening the address of an order: CPU and bytes',
  run: runPersonalData,
};

async function runPersonalData({ quick, orders, print }: Assignment): Promise<Findings> {
  const load = { ...(quick ? QUICK : LOAD), ...(orders !== undefined && { orders }) };
  return withStarted(async (started) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'quadrille-bench-'));
    started.track({ stop: async () => rmSync(dataDir, { recursive: true, force: true }) });
    const postgres = started.track(await startPostgres({ dataDir: join(dataDir, 'postgres') }));
    const variables = await createKeysDatabase(postgres, dataDir);
    const pool = new pg.Pool({ connectionString: variables.PERSONAL_DATA_DATABASE_URL, max: CONNECTIONS });
    started.track({ stop: () => pool.end() });
    const keys = new DataKeys(pool, [variables.PERSONAL_DATA_KEY]);
    await keys.prepare();
    return measure(keys, load, print);
  });
}

async function measure(keys: DataKeys, load: typeof LOAD, print: Assignment['print']): Promise<Findings> {
  const seal = sealCommandsOf(shop, 'order', keys);
  const personalData = new KeyedPersonalData(keys);
  const idOf = (kind: string, nth: number) => `0000${kind}-0000-4000-8000-${String(nth).padStart(12, '0')}`;
  const ofCustomer = (nth: number) => exampleOrder({ customerId: idOf('cccc', nth % load.customers) });
  const ofGuest = (nth: number) => exampleOrder({ customerId: null, orderId: idOf('aaaa', nth) });
  const sealed = ((await seal('place-order', ofCustomer(0))) as { data: ReturnType<typeof exampleOrder> }).data;
  let texts = 0;
  mapTexts(sealed, (text) => {
    if (isSealed(text)) texts++;
  });
  const bytes = Buffer.byteLength(JSON.stringify(sealed)) - Buffer.byteLength(JSON.stringify(ofCustomer(0)));
  // Compiles the code, and makes the customers' keys.
  const warmUp = Math.max(load.customers, load.orders / 4);
  await costOf(warmUp, (nth) => seal('place-order', ofCustomer(nth)));
  await costOf(warmUp, () => encryptTexts(texts));
  await costOf(warmUp, () => personalData.open(subjectOf(sealed), sealed.shippingAddress));
  const figures = {
    ...(await leastOf(ROUNDS, async () => ({
      encryptMicros: await costOf(load.orders, () => encryptTexts(texts)),
      sealMicros: await costOf(load.orders, (nth) => seal('place-order', ofCustomer(nth))),
    }))),
    openMicros: await costOf(load.orders, () => personalData.open(subjectOf(sealed), sealed.shippingAddress)),
    newPersonMicros: await costOf(load.orders, (nth) => seal('place-order', ofGuest(nth))),
    bytesPerEvent: bytes,
  };
  print(`personal-data: ${JSON.stringify(figures)}`);
  const times = rounded(figures.sealMicros / figures.encryptMicros);
  return {
    how: [
      `The CPU time of one process that seals or opens the ${texts} texts of an address, ${number(load.orders)} times with ${AT_ONCE} in flight, after a warm-up. The keys of ${number(load.customers)} customers are cached; a new person needs a key in the database, whose own CPU time is not included.`,
    ],
    ...figures,
    targets: [
      {
        what: 'sealing an address, relative to encryption alone',
        wanted: `≤ ${MOST_TIMES} ×`,
        measured: `${number(times)} ×`,
        met: times <= MOST_TIMES,
      },
    ],
    tables: [
      {
        columns: ['', 'CPU µs'],
        rows: [
          [`encrypt ${texts} texts, without a new nonce for each`, number(figures.encryptMicros)],
          ['seal an address', number(figures.sealMicros)],
          ['open an address', number(figures.openMicros)],
          ['seal the address of a new person', number(figures.newPersonMicros)],
          ['bytes of an event with an address', `+${number(bytes)}`],
        ],
      },
    ],
    charts: [],
  };
}

const KEY = randomBytes(32);
const NONCE = randomBytes(12);
const TEXT = Buffer.from('12 St James Square');

/** The encryption of so many texts by OpenSSL: the reference of sealing. */
function encryptTexts(count: number): void {
  for (let text = 0; text < count; text++) {
    const cipher = createCipheriv('aes-256-gcm', KEY, NONCE);
    cipher.update(TEXT);
    cipher.final();
    cipher.getAuthTag();
  }
}

async function leastOf<Figures extends Record<string, number>>(
  rounds: number,
  measureRound: () => Promise<Figures>,
): Promise<Figures> {
  let least = await measureRound();
  for (let round = 1; round < rounds; round++) {
    const next = await measureRound();
    least = Object.fromEntries(
      Object.entries(next).map(([name, value]) => [name, Math.min(value, least[name]!)]),
    ) as Figures;
  }
  return least;
}

/** The CPU time of one call in microseconds. */
async function costOf(times: number, call: (nth: number) => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let nth = 0; nth < times; nth += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, times - nth) }, (_, each) => call(nth + each)));
  const { user, system } = process.cpuUsage(before);
  return rounded((user + system) / times);
}
