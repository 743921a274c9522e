export { accept, type Incoming, type Verdict, waitingAmong } from './accept.js';
export { bringForward } from './bring-forward.js';
export { CreateInbox1764000000001, inboxMigrations } from './create-inbox.js';
export { forget } from './forget.js';
export {
  type Chosen,
  type Decided,
  discard,
  lastDecision,
  listParked,
  type ParkedQuery,
  redrive,
  showParked,
} from './operate.js';
export { park, parking } from './park.js';
export { type ParkedByStep, parkedByStep } from './parked-by-step.js';
export { parkedCount } from './parked-count.js';
export type { KeptRow, ParkedRow } from './parked-row.js';
export { type Postponed, postpone, unpark } from './postpone.js';
export { RecordMessages1764000000011 } from './record-messages.js';
export { takeDue } from './take-due.js';
