export { awaitEndings } from './await-endings.js';
export type { Fate, InvoiceLine } from './invoice-line.js';
export { type Plan, plan } from './plan.js';
export { readInvoices } from './read-invoices.js';
export { countFates, type Fates, prepareReplay, replay } from './replay.js';
