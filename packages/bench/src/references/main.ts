import { isChoreography, runService } from './events.js';
import { createTables, serve } from './server.js';
import { sixTransactions } from './six-transactions.js';
import type { ServiceOfReference } from './tables.js';
import { twoPhaseCommit } from './two-phase-commit.js';

/** The bench sets `REFERENCE`, `PORT` and `DATABASES` (JSON: a URL by service); for the events also `SERVICE` and `KAFKA_BROKERS`. */
const { REFERENCE = '', PORT, DATABASES = '{}', SERVICE, KAFKA_BROKERS = '' } = process.env;
const databases = JSON.parse(DATABASES);
// The order service starts first.
if (!SERVICE || SERVICE === 'order') await createTables(databases);
if (isChoreography(REFERENCE))
  await runService(REFERENCE, SERVICE as ServiceOfReference, databases, KAFKA_BROKERS.split(','), Number(PORT));
else await serve(databases, Number(PORT), REFERENCE === 'six-transactions' ? sixTransactions : twoPhaseCommit);
