export { conflictKind, isConflict, isInDoubt, isTransient, messageOf, type Scope, scopeOf } from './pg-errors.js';
export { poolOptions } from './pool-options.js';
export {
  ConflictUnless1764000000007,
  fullJitter,
  HURRIED_CONFLICTS,
  MAX_CONFLICTS,
  retryConflicts,
} from './retry-conflicts.js';
export { overKeys, overRows } from './statements.js';
export { type AfterCommit, clientOf, LastWrites, savepoint, transaction } from './transaction.js';
export { insertFresh, isoOf, momentOf, send, settleAll, utc, writeEach, writing } from './writes.js';
