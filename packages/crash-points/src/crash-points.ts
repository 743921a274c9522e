/**
 * The places at which a test can crash the process: before and after each durable action. Each name appears in the code exactly
 * once.
 */
export const CRASH_POINTS = {
  'relay.taken': 'outbox rows are read; no record is sent',
  'relay.acknowledged': 'the broker acknowledged the records; their rows are still in the outbox',
  'relay.removed': 'the rows are deleted',
  'batch.began': 'the transaction of a batch is open; it has written no row',
  'batch.accepted': 'the inbox contains the messages, uncommitted',
  'batch.saved': 'the aggregates have their new states; the commit is on its way',
  'batch.parked': 'messages that could not be processed are parked; the commit is on its way',
  'batch.appended': 'the outbox contains the emitted events; the commit is on its way, not answered',
  'batch.committed': 'the batch is durable; no offset is committed, no caller is answered, no relay is woken',
  'consumer.taken': 'records are fetched; their batch has not begun',
  'consumer.processed': 'the batch is durable; the consumer has not advanced',
  'consumer.committing': 'the offset commit is about to be sent',
  'consumer.committed': 'the offsets are committed',
  'command.came': 'a request was read; its batch has not begun',
  'command.durable': 'the request is durable; its caller is not answered',
  'deadline.due': 'due deadlines are read; no step has run',
  'deadline.fired': 'the deadlines have run their steps, durably',
  'redrive.taken': 'parked messages are locked for a retry',
  'redrive.ran': 'their steps ran; the messages are still parked',
  'redrive.removed': 'processed messages are no longer parked; before the commit',
  'redrive.committed': 'the redrive is durable',
} as const satisfies Record<string, string>;

/** The name of a place at which a test can crash the process. */
export type CrashPoint = keyof typeof CRASH_POINTS;

/** Whether a place of this name exists. */
export const isCrashPoint = (name: string): name is CrashPoint => Object.hasOwn(CRASH_POINTS, name);

/**
 * Called at each hit of a point. `whose`: an object unique to the process that hits the point, for a program that simulates
 * several.
 */
export type CrashPointListener = (name: CrashPoint, whose: object | undefined) => void;

let onHit: CrashPointListener | undefined;

/** A place at which a test can crash the process. In production no listener is registered, and the call costs one comparison. */
export function crashPoint(name: CrashPoint, whose?: object): void {
  if (onHit !== undefined) onHit(name, whose);
}

/** Registers the only listener for all hits from now on; undefined removes it. */
export function onCrashPoint(listener: CrashPointListener | undefined): void {
  onHit = listener;
}
