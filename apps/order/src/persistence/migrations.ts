import type { MigrationInterface } from 'typeorm';
import { Orders1763700000000 } from './migrations/1763700000000-orders.js';
import { Products1763700000100 } from './migrations/1763700000100-products.js';
import { ProductRevisions1763700000200 } from './migrations/1763700000200-product-revisions.js';
import { StandardWords1763700000300 } from './migrations/1763700000300-standard-words.js';

/** The migrations of the order service's own tables, in their order. */
export const orderMigrations: (new () => MigrationInterface)[] = [
  Orders1763700000000,
  Products1763700000100,
  ProductRevisions1763700000200,
  StandardWords1763700000300,
];
