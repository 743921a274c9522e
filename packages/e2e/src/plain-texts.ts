import { deadLetterTopicOf, eventTopicsOf } from '@quadrille/choreography';
import { checkout, DATABASES, SAGA_SERVICES, shop } from '@quadrille/contracts';
import pg from 'pg';
import type { Stack } from './stack.js';
import { recordsOn } from './wire.js';

/**
 * The places in which a text stands in the clear: tables of all databases (`order.order_events`) and topics. Rows are searched as
 * text, bytes also in hexadecimal.
 */
export async function placesOf(text: string, stack: Pick<Stack, 'system'>): Promise<string[]> {
  const tables = await Promise.all(DATABASES.map((database) => tablesWith(text, database, stack)));
  const topics = [
    ...eventTopicsOf(checkout, shop),
    ...SAGA_SERVICES.map((service) => deadLetterTopicOf(checkout, service)),
  ];
  const records = (await recordsOn(stack, topics)).filter((record) => JSON.stringify(record).includes(text));
  return [...tables.flat(), ...new Set(records.map(({ topic }) => topic))].sort();
}

async function tablesWith(text: string, database: string, { system }: Pick<Stack, 'system'>): Promise<string[]> {
  const client = new pg.Client({ connectionString: system.postgres.url(database) });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class
        where relkind in ('r', 'p', 'm') and relnamespace = 'public'::regnamespace order by relname`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(
        `select from ${name} as r where position($1 in r::text) > 0 or position($2 in r::text) > 0 limit 1`,
        [text, Buffer.from(text).toString('hex')],
      );
      if (rows.length > 0) found.push(`${database}.${name}`);
    }
    return found;
  } finally {
    await client.end();
  }
}
