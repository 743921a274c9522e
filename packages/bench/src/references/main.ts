import { serve } from './server.js';
import { sixTransactions } from './six-transactions.js';
import { twoPhaseCommit } from './two-phase-commit.js';

/** The bench sets `REFERENCE`, `PORT` and `DATABASES` (JSON: a URL by service). */
const { REFERENCE, PORT, DATABASES = '{}' } = process.env;
const databases = JSON.parse(DATABASES);
await serve(databases, Number(PORT), REFERENCE === 'six-transactions' ? sixTransactions : twoPhaseCommit);
