/** The part of JSON Schema that our documents use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalProperties?: boolean | JsonSchema;
}

/** A field of a schema, as a row of a table; nested ones follow their parent. */
export interface Field {
  readonly path: string;
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly rules: string;
  readonly description: string;
}

/** The type of a value in one or two words: `uuid`, `integer`, `list of object`, `string or nothing`. */
export function typeOf(schema: JsonSchema): string {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (schema.type === 'null') return 'nothing';
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' or ');
  return schema.format ?? (schema.type as string | undefined) ?? 'anything';
}

/** The constraints of a value: `1 to 1,000 items`, `at least 0`. Bounds of the number type itself are omitted. */
export function rulesOf(schema: JsonSchema): string {
  const bounds = (least: number | undefined, most: number | undefined, unit: string) => {
    const upper = most === undefined || most >= Number.MAX_SAFE_INTEGER ? undefined : most;
    if (least !== undefined && upper !== undefined) return [`${grouped(least)} to ${grouped(upper)}${unit}`];
    if (least !== undefined) return [`at least ${grouped(least)}${unit}`];
    return upper === undefined ? [] : [`at most ${grouped(upper)}${unit}`];
  };
  return [
    ...bounds(
      schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + 1),
      schema.maximum,
      '',
    ),
    ...bounds(schema.minLength, schema.maxLength, ' characters'),
    ...bounds(schema.minItems, schema.maxItems, ' items'),
  ].join(', ');
}

const grouped = (number: number): string => new Intl.NumberFormat('en-GB').format(number);

/** All fields of an object, each before its nested ones. */
export function fieldsOf(schema: JsonSchema, depth = 0, prefix = ''): Field[] {
  const inside = insideOf(schema);
  return Object.entries(inside?.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const row: Field = {
      path,
      depth,
      name,
      type: typeOf(field),
      required: inside!.required?.includes(name) ?? false,
      rules: rulesOf(field),
      description: field.description ?? '',
    };
    return [row, ...fieldsOf(field, depth + 1, `${path}.`)];
  });
}

/** The object in a list, or the one with fields among several types. */
function insideOf(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties) return schema;
  if (schema.items) return insideOf(schema.items);
  return (schema.anyOf ?? schema.oneOf)?.map(insideOf).find((each) => each !== undefined);
}
