import { z } from 'zod';
import { eventsHandledBy, type Row, type Rows } from './row.js';

/** Marks a field in JSON schemas, so in AsyncAPI and OpenAPI documents too. */
const MARK = 'x-personal';

/** The longest sealed text: one of 20,000 characters, four bytes each, in Base64. */
const MAX_SEALED_CHARACTERS = 107_000;

/** The beginning of a sealed text, with the version of its format. */
export const SEALED_PREFIX = 'sealed:v1:';

/** A text encrypted with the key of one person: a nonce of 12 bytes, the ciphertext and a tag of 16 bytes in Base64url. */
const Sealed = z
  .string()
  .max(MAX_SEALED_CHARACTERS)
  .regex(new RegExp(`^${SEALED_PREFIX}[A-Za-z0-9_-]{38,}$`), 'is not a sealed text')
  .meta({ [MARK]: true });

/** Marks a text field of a command as personal data. The runtime seals it before the step receives the command. */
export const personal = <Schema extends z.ZodType<string>>(schema: Schema): Schema => schema.meta({ [MARK]: true });

/** A personal text field of an event: sealed, or plain as published by tests and by versions without the mark. */
export const sealedOr = <Schema extends z.ZodType<string>>(schema: Schema) => z.union([Sealed, personal(schema)]);

/** The value of a field whose key no longer exists. In JSON: `{ "erased": true }`. */
export interface Erased {
  readonly erased: true;
}
/** The value of each erased text. */
export const ERASED: Erased = Object.freeze({ erased: true });

/** An opened value: each text may have been erased. */
export type Opened<Value> = Value extends string
  ? Value | Erased
  : Value extends object
    ? { readonly [Field in keyof Value]: Opened<Value[Field]> }
    : Value;

/** Opens sealed texts. Services receive it if a row lets them; see `opensPersonalData` and `subject`. */
export interface PersonalData {
  /**
   * Returns the value with its sealed texts opened, at any depth; plain texts stay as they are. `subject`: the person whose key
   * sealed them. A text without its key becomes {@link ERASED}. Rejects if the keys are unavailable: retry later.
   */
  open<Value>(subject: string, value: Value): Promise<Opened<Value>>;
}

/** Has no keys: plain texts stay as they are, a sealed one is {@link ERASED}. For specs, `explore` and `simulate`. */
export const withoutKeys: PersonalData = {
  open: async (_subject, value) => mapTexts(value, (text) => (isSealed(text) ? ERASED : text)) as never,
};

/** Whether a text is sealed, by its beginning. */
export const isSealed = (text: string): boolean => text.startsWith(SEALED_PREFIX);

/** Returns whether any text of an opened value was erased. */
export function hasErased(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (value as Partial<Erased>).erased === true || Object.values(value).some(hasErased);
}

/** Returns a copy with each text in plain objects and arrays replaced, at any depth. */
export function mapTexts(value: unknown, replace: (text: string) => unknown): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, replace));
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, mapTexts(each, replace)]));
}

/** Not a Date or another instance of a class. */
const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** The path of a field: names of properties, and `*` for each element of an array. */
export type FieldPath = readonly string[];

/** Returns the paths of all fields of a schema that are marked as personal data. */
export function personalFieldsOf(schema: z.ZodType): FieldPath[] {
  if (schema.meta()?.[MARK] === true) return [[]];
  const below = (name: string, inner: z.ZodType) => personalFieldsOf(inner).map((path) => [name, ...path]);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, inner]) => below(name, inner as z.ZodType));
  if (schema instanceof z.ZodArray) return below('*', schema.element as z.ZodType);
  if (schema instanceof z.ZodUnion) {
    const paths = schema.options.flatMap((option) => personalFieldsOf(option as z.ZodType));
    return [...new Map(paths.map((path) => [path.join('/'), path])).values()];
  }
  if ('unwrap' in schema && typeof schema.unwrap === 'function') return personalFieldsOf(schema.unwrap());
  return [];
}

/** The personal fields of each row's inputs. */
export const personalFieldsHandledBy = (row: Row): FieldPath[] =>
  'kind' in row.handles && row.handles.kind === 'command'
    ? personalFieldsOf(row.handles.schema)
    : eventsHandledBy(row).flatMap(({ schema }) => personalFieldsOf(schema));

/** Whether a row's command has personal fields, which its service seals. */
export const sealsPersonalData = (row: Row): boolean =>
  'kind' in row.handles && row.handles.kind === 'command' && personalFieldsHandledBy(row).length > 0;

/** Whether a service needs the keys: it seals commands, or a row lets it open. */
export const usesPersonalData = (rows: Rows, service: string): boolean =>
  Object.values(rows).some((row) => row.service === service && (row.opensPersonalData || sealsPersonalData(row)));
