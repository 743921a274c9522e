import { type OutboxRecord, storableText } from './append.js';

/** A row that this version cannot read: written by a newer version, or edited by hand. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}

/** Parses the format of {@link textOf}. Throws {@link UnreadableRow}: a row is sent only if all of it is readable. */
export function recordsOf(text: string): OutboxRecord[] {
  const [, inLines, ...lines] = text.startsWith('\n') ? text.split('\n') : [];
  const heads = parsed(inLines ?? text);
  if (!Array.isArray(heads) || heads.length === 0) throw new UnreadableRow('The row has no list of records.');
  if (inLines !== undefined && lines.length !== heads.length) {
    throw new UnreadableRow(`The row lists ${heads.length} records and has ${lines.length} payloads.`);
  }
  return heads.map((head: unknown, at) => readable(inLines === undefined ? head : withPayload(head, lines[at]!), at));
}

function parsed(heads: string): unknown {
  try {
    return JSON.parse(heads);
  } catch (error) {
    throw new UnreadableRow(`The row is no JSON: ${(error as Error).message}`);
  }
}

const withPayload = (head: unknown, payload: string): unknown => (Array.isArray(head) ? [...head, payload] : head);

function readable(fields: unknown, at: number): OutboxRecord {
  const [topic, key, headers, payload, ...more] = Array.isArray(fields) ? (fields as unknown[]) : [];
  const record = { topic, key, headers, payload };
  const fault = more.length > 0 ? 'has more fields than this version supports' : faultOf(record);
  if (fault) throw new UnreadableRow(`Record ${at + 1} ${fault}.`);
  return record as OutboxRecord;
}

/** Describes the fault of a record, as a sentence without its subject; undefined for a valid record. */
export function faultOf({ topic, key, headers, payload }: Record<keyof OutboxRecord, unknown>): string | undefined {
  if (typeof topic !== 'string' || !isName(topic)) return 'has no topic';
  if (typeof key !== 'string') return 'has no key';
  if (!isTexts(headers)) return 'has headers that are no strings';
  if (typeof payload !== 'string') return 'has no payload';
  return undefined;
}

/** A name that PostgreSQL can compare. */
const isName = (text: string): boolean => text !== '' && storableText(text) === text;

const isTexts = (headers: unknown): boolean =>
  typeof headers === 'object' &&
  headers !== null &&
  !Array.isArray(headers) &&
  Object.values(headers).every((value) => typeof value === 'string');
