export { migrationsOf } from './database.js';
export { migrate } from './migrate.js';
export { runnerMigrations } from './migrations.js';
export { retryConflicts } from './retry-conflicts.js';
export { transaction } from './transaction.js';
export { UnitOfWork } from './unit-of-work.js';
