import { runService } from './events-without-outbox.js';
import { serve } from './server.js';
import { sixTransactions } from './six-transactions.js';
import type { ServiceOfReference } from './tables.js';
import { twoPhaseCommit } from './two-phase-commit.js';

/** The bench sets `REFERENCE`, `PORT` and `DATABASES` (JSON: a URL by service); for the events also `SERVICE` and `KAFKA_BROKERS`. */
const { REFERENCE, PORT, DATABASES = '{}', SERVICE, KAFKA_BROKERS = '' } = process.env;
const databases = JSON.parse(DATABASES);
if (REFERENCE === 'events-without-outbox')
  await runService(SERVICE as ServiceOfReference, databases, KAFKA_BROKERS.split(','), Number(PORT));
else await serve(databases, Number(PORT), REFERENCE === 'six-transactions' ? sixTransactions : twoPhaseCommit);
