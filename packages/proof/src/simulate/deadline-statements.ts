import { clockName, put, remove, type Statement } from './tables.js';

/** The statements about clocks that run, each by words that no other has. */
export const deadlineStatements: readonly (readonly [words: string, run: Statement])[] = [
  [
    'insert into deadlines',
    ({ deadlines }, [step, keys, seconds], now, undo) => {
      for (const key of keys) {
        if (deadlines.has(clockName(step, key))) continue;
        put(deadlines, clockName(step, key), { step, key, extensions: 0, dueAt: now + seconds * 1_000 }, undo);
      }
      return keys;
    },
  ],
  [
    'update deadlines',
    ({ deadlines }, [step, keys, seconds, most], now, undo) => {
      for (const key of keys) {
        const known = deadlines.get(clockName(step, key));
        if (!known || known.extensions >= most) continue;
        const extended = { ...known, extensions: known.extensions + 1, dueAt: now + seconds * 1_000 };
        put(deadlines, clockName(step, key), extended, undo);
      }
      return keys;
    },
  ],
  [
    'delete from deadlines',
    ({ deadlines }, [step, keys], _now, undo) => {
      for (const key of keys) remove(deadlines, clockName(step, key), undo);
      return keys;
    },
  ],
  [
    'select key, extensions from deadlines',
    ({ deadlines }, [step, limit], now) =>
      [...deadlines.values()].filter((each) => each.step === step && each.dueAt <= now).slice(0, limit),
  ],
  [
    'select key from deadlines',
    ({ deadlines }, [step, keys], now) =>
      [...deadlines.values()].filter((each) => each.step === step && keys.includes(each.key) && each.dueAt <= now),
  ],
];
