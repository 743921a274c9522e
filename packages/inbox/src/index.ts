export { type AcceptResult, accept, type InboxMessage, waitingAmong } from './accept.js';
export { CreateInbox1764000000001, inboxMigrations } from './create-inbox.js';
export { expedite } from './expedite.js';
export type { Migration, StatementRunner } from './migration.js';
export {
  discard,
  lastDecision,
  listParked,
  type OperatorDecision,
  type ParkedQuery,
  redrive,
  type Selection,
  showParked,
} from './operate.js';
export { park, parking } from './park.js';
export { type ParkedByStep, parkedByStep } from './parked-by-step.js';
export { parkedCount } from './parked-count.js';
export type { ParkedRow, StoredRow } from './parked-row.js';
export { purge, purgeDecisions } from './purge.js';
export { RecordMessages1764000000011 } from './record-messages.js';
export { type Rescheduled, reschedule, unpark } from './reschedule.js';
export { takeDue } from './take-due.js';
export type { Tx, Write } from './tx.js';
