import { type FieldPath, personalFieldsHandledBy, type Rejection, type Rows, reject } from '@quadrille/choreography';
import type { DataKeys } from './data-keys.js';
import { sealText } from './keyed-personal-data.js';

/** A command with its personal fields sealed, or the refusal of a person whose data were erased. */
export type SealedCommand = { readonly data: unknown } | Rejection;

interface Sealing {
  readonly fields: readonly FieldPath[];
  readonly subjectOf: (data: any) => string;
}

/**
 * Returns a function that seals the personal fields of a service's commands by the name of the step. It returns undefined for a
 * step without such fields.
 */
export function sealCommandsOf(
  rows: Rows,
  service: string,
  keys: DataKeys,
): (step: string, data: unknown) => Promise<SealedCommand> | undefined {
  const sealings = new Map<string, Sealing>();
  for (const [step, row] of Object.entries(rows)) {
    if (row.service !== service || !('kind' in row.handles) || row.handles.kind !== 'command') continue;
    const fields = personalFieldsHandledBy(row);
    if (fields.length === 0) continue;
    if (!row.handles.subject) throw new Error(`The command of ${step} has personal fields, but no subject.`);
    sealings.set(step, { fields, subjectOf: row.handles.subject });
  }
  return (step, data) => {
    const sealing = sealings.get(step);
    return sealing && seal(sealing, data, keys);
  };
}

async function seal({ fields, subjectOf }: Sealing, data: unknown, keys: DataKeys): Promise<SealedCommand> {
  const key = await keys.ofNew(subjectOf(data));
  if (key === 'erased') {
    return reject(409, 'personal-data-erased', 'The personal data of this customer were erased. Use another account.');
  }
  return { data: fields.reduce((sealed, path) => replaceAt(sealed, path, (text) => sealText(key, text)), data) };
}

/** Returns a copy with the texts at the path replaced; optional fields may be absent. */
function replaceAt(value: any, [field, ...rest]: FieldPath, replace: (text: string) => string): unknown {
  if (value === undefined || value === null) return value;
  if (field === undefined) return replace(value);
  if (field === '*') return value.map((each: unknown) => replaceAt(each, rest, replace));
  return value[field] === undefined ? value : { ...value, [field]: replaceAt(value[field], rest, replace) };
}
