import fc from 'fast-check';

/** The part of an OpenAPI document that is needed to generate requests. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}
interface OperationObject {
  readonly parameters?: readonly {
    name: string;
    in: 'path' | 'query' | 'header';
    required?: boolean;
    schema?: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}
type Schema = Readonly<Record<string, any>>;

/** One operation of a service. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly object: OperationObject;
}

/** A generated request as sent. */
export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export const operationsOf = ({ paths }: OpenApi): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, object]) => ({ method: method.toUpperCase(), path, object })),
  );

/** Problematic texts: NUL, escapes, lone surrogates, and syntax of SQL, JSON, paths and dates. */
const nasty = fc.constantFrom(
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\u001b[2J',
    'a\ud800b',
    '\udc00',
    '😀',
    '%',
    '%00',
    '../..',
    "' or 1=1 --",
    '{}',
    '[]',
  ],
  ...[
    'null',
    '-1',
    '0',
    '1e309',
    '9'.repeat(40),
    '0000-01-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:60Z',
  ],
  ...['x'.repeat(5_000), '__proto__', 'constructor', '\u202e', '\ufeff', '00000000-0000-0000-0000-000000000000'],
);
const wildText = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ maxLength: 120 }));
const wild: fc.Arbitrary<unknown> = fc.oneof(
  wildText,
  fc.constantFrom(null, true, -1, 0, -0, 1.5, 2 ** 53, 1e300, Number.MIN_VALUE, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Requests for an operation: valid, with one invalid part, or arbitrary. */
export function requestsFor({ method, path, object }: Operation, document: OpenApi): fc.Arbitrary<MadeRequest> {
  const schemaOf = object.requestBody?.content['application/json']?.schema;
  const body = schemaOf ? bodies(arbitraryOf(schemaOf, document), wild) : fc.constant(undefined);
  const parameters = (object.parameters ?? []).map((parameter) => {
    const right = arbitraryOf(patientFor(parameter), document).map(String);
    const value = fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: wildText });
    return fc.record({ parameter: fc.constant(parameter), value: parameter.required ? value : fc.option(value) });
  });
  return fc.tuple(body, fc.tuple(...parameters)).map(([made, values]) => {
    const of = (where: string) => values.filter(({ parameter, value }) => parameter.in === where && value !== null);
    const query = of('query').map(({ parameter, value }) => `${parameter.name}=${percent(value!)}`);
    const filled = of('path').reduce(
      (all, { parameter, value }) => all.replace(`{${parameter.name}}`, segment(value!)),
      path,
    );
    return {
      method,
      path: query.length > 0 ? `${filled}?${query.join('&')}` : filled,
      headers: {
        ...Object.fromEntries(of('header').map(({ parameter, value }) => [parameter.name, headerText(value!)])),
        ...(made !== undefined && { 'content-type': 'application/json' }),
      },
      body: made,
    };
  });
}

/** Limits long polling: otherwise every request would take seconds. */
const patientFor = ({ name, schema = {} }: { readonly name: string; readonly schema?: Schema }): Schema =>
  name === 'waitSeconds' ? { enum: [0, 0.01, 0.05, '1e-2'] } : schema;

/** JSON text: mostly valid, with one invalid field, an arbitrary value, or not JSON. */
const bodies = (right: fc.Arbitrary<unknown>, any: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: right.map((value) => JSON.stringify(value) ?? '') },
    {
      weight: 4,
      arbitrary: fc.tuple(right, any, fc.nat()).map(([value, odd, at]) => JSON.stringify(amiss(value, odd, at)) ?? ''),
    },
    { weight: 1, arbitrary: any.map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: fc.constantFrom('', '{', 'NaN', '{"__proto__":{}}', '[1e999]', '"\\ud800"') },
  );

/** The value with one leaf, or the whole value, replaced. */
function amiss(value: unknown, odd: unknown, at: number): unknown {
  const leaves = (inner: unknown, path: string[]): string[][] =>
    typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0
      ? Object.entries(inner).flatMap(([name, each]) => leaves(each, [...path, name]))
      : [path];
  const all = leaves(value, []);
  const put = (inner: any, [name, ...rest]: string[]): unknown => {
    if (name === undefined) return odd;
    const copy = Array.isArray(inner) ? [...inner] : { ...inner };
    copy[name] = put(inner[name], rest);
    return copy;
  };
  return put(value, all[at % all.length]!);
}

/** Approximately the values that a schema allows; unknown constructs give arbitrary values. */
function arbitraryOf(schema: Schema, document: OpenApi): fc.Arbitrary<unknown> {
  const inner = (each: Schema) => arbitraryOf(each, document);
  if (schema.$ref) return inner(document.components!.schemas![schema.$ref.split('/').at(-1)]!);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(inner));
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries<Schema>(schema.properties ?? {}).map(([name, each]) => [name, inner(each)])),
        { requiredKeys: schema.required ?? [] },
      );
    case 'array':
      return fc.array(inner(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'integer':
    case 'number': {
      const least = schema.minimum ?? (schema.exclusiveMinimum === undefined ? -10 : schema.exclusiveMinimum + 1);
      return fc.integer({ min: least, max: Math.max(least, Math.min(schema.maximum ?? 1_000_000, least + 10_000)) });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return textOf(schema);
    default:
      return wild;
  }
}

function textOf({ format, pattern, minLength = 0, maxLength = 100 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const known = fc.constantFrom('TEAPOT', 'MUG-BLUE', 'GB', '1', '42');
  const free = fc.string({ minLength, maxLength: Math.min(maxLength, 60) });
  return pattern ? fc.oneof(known, free) : free;
}

/** Percent-encodes any text, including invalid Unicode. */
const percent = (text: string): string =>
  [...Buffer.from(text.slice(0, 2_000))].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** Plain text if possible; a single dot would be another path, and an empty text another route. */
const segment = (text: string): string => (/^\.{0,2}$/.test(text) ? 'x' : /^[\w-]+$/.test(text) ? text : percent(text));

/** The characters that HTTP clients allow in a header. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?').trim();
