/** A message that waits. */
interface Parked {
  id: string;
  step: string;
  messageId: string;
  key: string;
  message: unknown;
  state: string;
  code: string;
  cause: string;
  attempts: number;
  dueAt: Date | null;
  parkedAt: Date;
}

/** A record that is to be sent. */
export interface OutboxRow {
  readonly id: number;
  readonly shard: number;
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

interface Deadline {
  readonly step: string;
  readonly key: string;
  readonly extensions: number;
  readonly dueAt: number;
}

/** The tables that the runner's statements read and write. */
export interface Tables {
  readonly states: Map<string, Map<string, unknown>>;
  readonly inbox: Set<string>;
  parked: Parked[];
  readonly deadlines: Map<string, Deadline>;
  readonly answers: Map<string, { readonly requestHash: string; readonly outcome: unknown }>;
  outbox: OutboxRow[];
  ids: number;
  /** How often the inbox knew a message. */
  repetitions: number;
}

type Undo = (undo: () => void) => void;
type Statement = (tables: Tables, values: readonly any[], now: number, undo: Undo) => any[];

/** Sets an entry so that it can be undone. */
function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, undo: Undo): void {
  const before = map.get(key);
  undo(() => (before === undefined ? map.delete(key) : map.set(key, before)));
  map.set(key, value);
}

function remove<Key, Value>(map: Map<Key, Value>, key: Key, undo: Undo): void {
  const before = map.get(key);
  if (before === undefined) return;
  undo(() => map.set(key, before));
  map.delete(key);
}

const clockName = (step: string, key: string) => `${step} ${key}`;

/** Each statement by words that no other has. What the database would do, in memory. */
const STATEMENTS: readonly (readonly [words: string, run: Statement])[] = [
  [
    'memory: load',
    ({ states }, [name, keys]) =>
      keys.flatMap((key: string) => {
        const state = states.get(name)?.get(key);
        return state === undefined ? [] : [{ key, state }];
      }),
  ],
  [
    'memory: save',
    ({ states }, [name, changed], _now, undo) => {
      const kept = states.get(name) ?? new Map<string, unknown>();
      states.set(name, kept);
      for (const { key, state } of changed) put(kept, key, state, undo);
      return changed;
    },
  ],
  [
    'insert into inbox',
    (tables, [json], _now, undo) =>
      JSON.parse(json).filter(({ message_id, step }: { message_id: string; step: string }) => {
        const { inbox } = tables;
        const name = `${message_id} ${step}`;
        if (inbox.has(name)) tables.repetitions++;
        if (inbox.has(name)) return false;
        inbox.add(name);
        undo(() => inbox.delete(name));
        return true;
      }),
  ],
  [
    'select distinct key from parked',
    ({ parked }, [keys]) =>
      [...new Set(parked.map(({ key }) => key))].filter((key) => keys.includes(key)).map((key) => ({ key })),
  ],
  ['insert into parked', park],
  ['for update of p skip locked', takeDue],
  ['update parked', postpone],
  [
    'delete from parked where id = any',
    (tables, [ids], _now, undo) => {
      const before = tables.parked;
      undo(() => (tables.parked = before));
      tables.parked = before.filter(({ id }) => !ids.includes(id));
      return ids;
    },
  ],
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
  [
    'join idempotency_keys',
    ({ answers }, [owners, keys]) =>
      owners.flatMap((owner: string, at: number) => {
        const known = answers.get(`${owner} ${keys[at]}`);
        return known ? [{ owner, key: keys[at], request_hash: known.requestHash, outcome: known.outcome }] : [];
      }),
  ],
  [
    'insert into idempotency_keys',
    ({ answers }, [owners, keys, hashes, outcomes], _now, undo) =>
      owners.filter((owner: string, at: number) => {
        const name = `${owner} ${keys[at]}`;
        if (answers.has(name)) return false;
        put(answers, name, { requestHash: hashes[at], outcome: JSON.parse(outcomes[at]) }, undo);
        return true;
      }),
  ],
  [
    'insert into outbox',
    (tables, [json], _now, undo) => {
      const rows = JSON.parse(json);
      for (const row of rows) {
        const kept = { ...row, headers: JSON.parse(row.headers), id: ++tables.ids };
        tables.outbox.push(kept);
        undo(() => (tables.outbox = tables.outbox.filter((each) => each !== kept)));
      }
      return rows;
    },
  ],
];

function park(tables: Tables, [json]: readonly any[], now: number, undo: Undo): any[] {
  const rows = JSON.parse(json).filter(
    (row: any) => !tables.parked.some(({ step, messageId }) => step === row.step && messageId === row.message_id),
  );
  const before = tables.parked;
  undo(() => (tables.parked = before));
  tables.parked = [
    ...before,
    ...rows.map(({ message_id, due_at, message, ...row }: any) => ({
      ...row,
      id: String(++tables.ids),
      messageId: message_id,
      message: JSON.parse(message),
      dueAt: row.state === 'queued' ? new Date(now) : row.state === 'retrying' ? new Date(due_at) : null,
      parkedAt: new Date(now),
    })),
  ];
  return rows;
}

function takeDue({ parked }: Tables, [limit]: readonly any[], now: number): any[] {
  const first = new Map<string, Parked>();
  for (const row of parked) if (!first.has(row.key)) first.set(row.key, row);
  return [...first.values()]
    .filter(({ state, dueAt }) => state !== 'dead' && dueAt !== null && dueAt.getTime() <= now)
    .sort((one, other) => one.dueAt!.getTime() - other.dueAt!.getTime() || Number(one.id) - Number(other.id))
    .slice(0, limit)
    .map((row) => ({ ...row }));
}

function postpone(tables: Tables, [json]: readonly any[], _now: number, undo: Undo): any[] {
  const rows = JSON.parse(json);
  const before = tables.parked;
  undo(() => (tables.parked = before));
  tables.parked = before.map((row) => {
    const postponed = rows.find((each: any) => each.id === row.id);
    if (!postponed) return row;
    const { code, cause, attempts, due_at } = postponed;
    const dueAt = due_at === null ? null : new Date(due_at);
    return { ...row, code, cause, attempts, dueAt, state: dueAt ? 'retrying' : 'dead' };
  });
  return rows;
}

const known = new Map<string, Statement>();

/** What a statement does. Throws for one that nobody has imitated: then the simulation must learn it. */
export function statementOf(text: string): Statement {
  let statement = known.get(text);
  if (!statement) {
    statement = STATEMENTS.find(([words]) => text.includes(words))?.[1];
    if (!statement) throw new Error(`The simulation does not know this statement: ${text}`);
    known.set(text, statement);
  }
  return statement;
}
