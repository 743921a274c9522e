/** Codes of parked messages that need an explanation: the meaning, and the remedy before a redrive. */
export const MEANINGS: Readonly<Record<string, { readonly means: string; readonly mend: string }>> = {
  locked: {
    means: 'A transaction holds rows that the step needs, or its statements take too long.',
    mend: 'Find the transaction that holds the rows (pg_stat_activity, pg_blocking_pids) and end it',
  },
  'store-failed': {
    means: 'A store threw: a row that it cannot read, or a bug in the store.',
    mend: 'Fix the row that the cause names, or the store',
  },
  'unreadable-bug': {
    means: 'The code that reads messages threw: a bug in a schema or an upcaster, not in the message.',
    mend: 'Fix the code that threw (the cause names it) and deploy it',
  },
  'unknown-schema': {
    means: 'The schema registry has no schema of the id that the value names.',
    mend: 'Register the schema, or correct the address of the registry',
  },
  'unknown-step': {
    means: 'This build of the service has no such step for this event: it was renamed, removed, or not deployed yet.',
    mend: 'Deploy a build that has the step',
  },
  'invalid-data': {
    means: 'The data of the event do not fit its schema.',
    mend: 'Fix the service that emitted the event, or deploy a schema or an upcaster that accepts it',
  },
};
