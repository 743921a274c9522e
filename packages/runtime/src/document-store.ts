import type { Change, Store } from '@quadrille/choreography';
import { writeEach, writing } from '@quadrille/postgres';

interface Row<State> {
  readonly key: string;
  readonly state: State;
  readonly version: number;
}

const LOAD = `
  select key, state, version from documents
   where aggregate = $1 and key = any($2::text[])
   order by key
     for update`;

// Replaces the previous version and no other; a first version finds no row to replace.
const SAVE = `
  insert into documents (aggregate, key, state, version)
  select $1, key, state::json, version from unnest($2::text[], $3::text[], $4::int[]) as d (key, state, version)
  on conflict (aggregate, key) do update set state = excluded.state, version = excluded.version
   where documents.version = excluded.version - 1`;

/**
 * A store without a table of its own: one JSON document per key, in the table `documents` of every service. For states of plain
 * values (no Date, no bigint) that need no queries. Values that JSON preserves are loaded as they were saved.
 */
export function documents<State extends object>(aggregate: string): Store<State> {
  /** Versions of loaded states. */
  const versions = new WeakMap<State, number>();
  return writing<State>({
    async load(tx, keys) {
      const { rows } = await tx.query<Row<State>>(LOAD, [aggregate, keys]);
      for (const { state, version } of rows) versions.set(state, version);
      return new Map(rows.map(({ key, state }) => [key, state]));
    },

    writes(changed) {
      const next = ({ before }: Change<State>) => (before === undefined ? 1 : versions.get(before)! + 1);
      const values = [
        aggregate,
        changed.map(({ key }) => key),
        changed.map(({ after }) => JSON.stringify(after)),
        changed.map(next),
      ];
      return [writeEach('a document', changed.length, SAVE, values)];
    },
  });
}
