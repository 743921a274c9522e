import { deadlineName, put, remove, type Statement } from './tables.js';

/** The statements about deadlines, each identified by a unique part of its text. */
export const deadlineStatements: readonly (readonly [words: string, run: Statement])[] = [
  [
    'insert into deadlines',
    ({ deadlines }, [step, keys, seconds], now, undo) => {
      for (const key of keys) {
        if (deadlines.has(deadlineName(step, key))) continue;
        put(deadlines, deadlineName(step, key), { step, key, dueAt: now + seconds * 1_000 }, undo);
      }
      return keys;
    },
  ],
  [
    'update deadlines',
    ({ deadlines }, [step, keys, times, seconds], _now, undo) => {
      keys.forEach((key: string, at: number) => {
        const known = deadlines.get(deadlineName(step, key));
        const dueAt = Date.parse(times[at]) + seconds * 1_000;
        if (known && known.dueAt < dueAt) put(deadlines, deadlineName(step, key), { ...known, dueAt }, undo);
      });
      return keys;
    },
  ],
  [
    'delete from deadlines',
    ({ deadlines }, [step, keys], _now, undo) => {
      for (const key of keys) remove(deadlines, deadlineName(step, key), undo);
      return keys;
    },
  ],
  [
    'select key from deadlines where step = $1::text and due_at',
    ({ deadlines }, [step, limit], now) =>
      [...deadlines.values()].filter((each) => each.step === step && each.dueAt <= now).slice(0, limit),
  ],
  [
    'and key = any($2::text[]) and due_at <= now()',
    ({ deadlines }, [step, keys], now) =>
      [...deadlines.values()].filter((each) => each.step === step && keys.includes(each.key) && each.dueAt <= now),
  ],
];
