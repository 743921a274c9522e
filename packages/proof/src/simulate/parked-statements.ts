import type { Parked, Statement, Tables, Undo } from './tables.js';

/** The statements about parked messages, each identified by a unique part of its text. */
export const parkedStatements: readonly (readonly [words: string, run: Statement])[] = [
  [
    'select distinct key from parked',
    ({ parked }, [keys]) =>
      [...new Set(parked.map(({ key }) => key))].filter((key) => [keys].flat().includes(key)).map((key) => ({ key })),
  ],
  ['insert into parked', park],
  ['for update of p skip locked', takeDue],
  [
    'update parked set due_at = now()',
    (tables, [code], now, undo) => {
      const before = tables.parked;
      undo(() => (tables.parked = before));
      const waits = ({ state, code: of, dueAt }: Parked) => state === 'retrying' && of === code && +dueAt! > now;
      tables.parked = before.map((row) => (waits(row) ? { ...row, dueAt: new Date(now) } : row));
      return before.filter(waits);
    },
  ],
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
];

function park(tables: Tables, [json]: readonly any[], now: number, undo: Undo): any[] {
  const rows = JSON.parse(json).filter(
    (row: any) => !tables.parked.some(({ step, messageId }) => step === row.step && messageId === row.message_id),
  );
  const before = tables.parked;
  undo(() => (tables.parked = before));
  tables.parked = [
    ...before,
    ...rows.map(({ message_id, pause_ms, message, ...row }: any) => ({
      ...row,
      id: String(++tables.ids),
      messageId: message_id,
      message: JSON.parse(message),
      dueAt: row.state === 'queued' ? new Date(now) : row.state === 'retrying' ? new Date(now + pause_ms) : null,
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

function postpone(tables: Tables, [json]: readonly any[], now: number, undo: Undo): any[] {
  const rows = JSON.parse(json);
  const before = tables.parked;
  undo(() => (tables.parked = before));
  tables.parked = before.map((row) => {
    const postponed = rows.find((each: any) => each.id === row.id);
    if (!postponed) return row;
    const { code, cause, attempts, pause_ms } = postponed;
    const dueAt = pause_ms === null ? null : new Date(now + pause_ms);
    return { ...row, code, cause, attempts, dueAt, state: dueAt ? 'retrying' : 'dead' };
  });
  return rows;
}
