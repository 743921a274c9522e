export type { Tx, Write } from './accept.js';
export { type AcceptResult, accept, type InboxMessage, waitingAmong } from './accept.js';
export type { Migration, StatementRunner } from './create-inbox.js';
export { CreateInbox1764000000001, inboxMigrations, RecordMessages1764000000011 } from './create-inbox.js';
export {
  discard,
  lastDecision,
  listParked,
  type OperatorDecision,
  type ParkedByStep,
  type ParkedQuery,
  parkedByStep,
  parkedCount,
  redrive,
  type Selection,
  showParked,
} from './operate.js';
export type { ParkedRow, StoredRow } from './park.js';
export { expedite, park, parking, type Rescheduled, reschedule, takeDue, unpark } from './park.js';
export { purge, purgeDecisions } from './purge.js';
