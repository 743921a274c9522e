import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { rebuildOrders } from './persistence/rebuild-orders.js';
import { transactionOn } from './persistence/typeorm-tx.js';

/** `npm run rebuild -w apps/order`: rebuilds the table `orders` from the events; the service may run at the same time. */
const url = process.env.DATABASE_URL;
if (!url) {
  console.error('rebuild cannot start: DATABASE_URL is missing; set it to the order service’s database.');
  process.exit(1);
}
const dataSource = new DataSource({ type: 'postgres', url });
try {
  await dataSource.initialize();
  const { orders, unreadable } = await rebuildOrders(transactionOn(dataSource));
  console.log(`Rebuilt ${orders} orders from their events.`);
  for (const { orderId, cause } of unreadable) console.error(`Order ${orderId} is unchanged: ${cause}`);
  if (unreadable.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(`rebuild failed: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  if (dataSource.isInitialized) await dataSource.destroy();
}
