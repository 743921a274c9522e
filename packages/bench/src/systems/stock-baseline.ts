import { CURRENCY, GOODS, POOR, POOR_HAS, RICH, RICH_HAVE } from '../load/goods.js';
import { oneRow } from '../measure/statements.js';

/** Writes the same goods and accounts directly into the baseline's tables, because its back office is not measured. */
export async function stockBaseline(databases: Readonly<Record<string, string>>): Promise<void> {
  const goods = JSON.stringify(GOODS);
  await oneRow(
    databases.order!,
    `insert into products (sku, price, currency)
     select sku, price, $2 from json_to_recordset($1) as g (sku text, price bigint)`,
    [goods, CURRENCY],
  );
  await oneRow(
    databases.inventory!,
    `insert into stock (sku, received, available, reserved, sold)
     select sku, pieces, pieces, 0, 0 from json_to_recordset($1) as g (sku text, pieces bigint)`,
    [goods],
  );
  const accounts = [...RICH.map((customer) => ({ customer, has: RICH_HAVE })), { customer: POOR, has: POOR_HAS }];
  await oneRow(
    databases.payment!,
    `with given as (
       select customer, has, gen_random_uuid() as transaction_id
       from json_to_recordset($1) as a (customer uuid, has bigint)
     ), posted as (
       insert into ledger_postings (transaction_id, account, customer_id, amount)
       select transaction_id, 'cash', null, has from given
       union all
       select transaction_id, 'customer-available', customer, -has from given
     )
     insert into accounts (customer_id, currency, available, held) select customer, $2, has, 0 from given`,
    [JSON.stringify(accounts), CURRENCY],
  );
}
