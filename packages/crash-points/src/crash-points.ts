/** Every place at which a process may be made to die: before and after each durable act. Each is in the code exactly where it says. */
export const CRASH_POINTS = {
  'relay.taken': 'rows of the outbox were read; nothing is sent',
  'relay.acknowledged': 'the broker has the records; their rows are still in the outbox',
  'relay.removed': 'the rows are gone',
  'batch.began': 'the transaction of a batch is open; nothing is written',
  'batch.accepted': 'the inbox has the messages, uncommitted',
  'batch.saved': 'the aggregates have their new states; the commit is on its way',
  'batch.parked': 'messages that could not be taken are set aside; the commit is on its way',
  'batch.appended': 'the outbox has what was said; the commit is on its way, not answered',
  'batch.committed': 'the batch is durable; nobody knows yet: no offset, no answer, no relay',
  'consumer.taken': 'records were fetched; their batch has not begun',
  'consumer.kept': 'the batch is durable; the consumer has not moved on',
  'consumer.committing': 'the offsets are about to be committed',
  'consumer.committed': 'the offsets are committed',
  'command.came': 'a request was read; its batch has not begun',
  'command.durable': 'the request is durable; nobody was answered',
  'clock.due': 'due clocks were read; none has struck',
  'clock.struck': 'the clocks have struck, durably',
  'redrive.taken': 'parked messages are locked, to be tried again',
  'redrive.ran': 'their steps ran; the messages are still parked',
  'redrive.removed': 'what was done is parked no more: before the commit',
  'redrive.committed': 'the redrive is durable',
} as const satisfies Record<string, string>;

/** The name of a place at which a process may be made to die. */
export type CrashPoint = keyof typeof CRASH_POINTS;

export const isCrashPoint = (name: string): name is CrashPoint => Object.hasOwn(CRASH_POINTS, name);
