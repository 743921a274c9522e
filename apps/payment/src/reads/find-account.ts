import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { minorUnits } from '../persistence/money.js';

/** A customer's account in responses; amounts in minor units. */
export const AccountView = z.object({
  customerId: z.uuid(),
  currency: z.string(),
  available: z.int().describe('Available for payments, in minor units.'),
  held: z.int().describe('Held for payments that are not captured yet, in minor units.'),
  changedAt: z.iso.datetime(),
});
export type AccountView = z.infer<typeof AccountView>;

interface Row {
  customer_id: string;
  currency: string;
  available: string;
  held: string;
  changed_at: Date;
}

/** The account of a customer; undefined before the first deposit. */
export async function findAccount(dataSource: DataSource, customerId: string): Promise<AccountView | undefined> {
  const [row] = await dataSource.query<Row[]>(
    'select customer_id, currency, available, held, changed_at from accounts where customer_id = $1::uuid',
    [customerId],
  );
  return (
    row && {
      customerId: row.customer_id,
      currency: row.currency,
      available: minorUnits(row.available),
      held: minorUnits(row.held),
      changedAt: row.changed_at.toISOString(),
    }
  );
}
