import { describe, expect, it } from '@jest/globals';
import { Admission } from './admission.js';
import { SagaBacklog } from './open-sagas.js';

const LIMITS = { maxCommands: 3, maxBytes: 1_000, maxAgeMs: 2_000 };

/** An admission at a moment, with a queue of the given length. */
function admission(line: { items?: number; bytes?: number; since?: number } = {}, backlog?: SagaBacklog) {
  const at = { now: 10_000, line: { items: 0, bytes: 0, since: undefined as number | undefined, ...line } };
  const counted: string[] = [];
  const made = new Admission(
    LIMITS,
    () => at.line,
    backlog,
    (reason) => counted.push(reason),
    () => at.now,
  );
  return { made, at, counted };
}

describe('a command', () => {
  it('is admitted while the queue has room', () => {
    expect(admission({ items: 2, bytes: 500, since: 9_000 }).made.refusal(500, false)).toBeUndefined();
  });

  it.each([
    ['the queue has its maximum length', { items: 3, bytes: 0, since: 9_999 }, 'commands'],
    ['it exceeds the byte limit', { items: 1, bytes: 501, since: 9_999 }, 'bytes'],
    ['the oldest command has waited too long', { items: 1, bytes: 0, since: 7_999 }, 'age'],
  ])('is refused with 503 and Retry-After when %s', (_, line, reason) => {
    const { made, counted } = admission(line);
    const refusal = made.refusal(500, false);
    expect(refusal).toMatchObject({ status: 503, code: 'overloaded', extensions: { retryAfterSeconds: 1 } });
    expect(counted).toEqual([reason]);
  });

  it('is admitted into an empty queue regardless of its size: another limit bounds that', () => {
    expect(admission().made.refusal(5_000, false)).toBeUndefined();
  });

  it('is refused at once while the database is unavailable, except one probe at a time', () => {
    const { made, at } = admission();
    expect(made.databaseFailed()).toBe(false);
    expect(made.refusal(1, false)).toBeUndefined();
    expect(made.databaseFailed()).toBe(true);
    expect(made.refusal(1, false)).toMatchObject({ status: 503, code: 'database-unavailable' });
    at.now += 1_000;
    expect(made.refusal(1, false)).toBeUndefined();
    at.line = { items: 1, bytes: 1, since: at.now };
    expect(made.refusal(1, false)).toMatchObject({ code: 'database-unavailable' });
    at.line = { items: 0, bytes: 0, since: undefined };
    made.databaseFailed();
    expect(made.refusal(1, false)).toMatchObject({ code: 'database-unavailable' });
    made.databaseBack();
    expect(made.refusal(1, false)).toBeUndefined();
  });

  it('is refused if it begins a saga while the saga backlog is too long', () => {
    const backlog = new SagaBacklog({ freeSagas: 10, maxWaitMs: 1_000 });
    for (let second = 5; second < 10; second++) backlog.count(200, 10, second * 1_000);
    const { made } = admission({}, backlog);
    expect(made.refusal(1, true)).toMatchObject({ code: 'overloaded', extensions: { retryAfterSeconds: 30 } });
    expect(made.refusal(1, false)).toBeUndefined();
  });
});
