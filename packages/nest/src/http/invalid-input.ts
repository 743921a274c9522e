/** The error of one field: in the body by JSON pointer (RFC 6901), in path or query by its name. */
export interface FieldError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

/** Maximum number of listed errors per request. */
const MAX_REPORTED_FAULTS = 50;

/** An issue of a schema, as in Standard Schema (https://standardschema.dev). */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The origin of a value: body errors have a pointer, path and query errors a name. */
export interface Origin {
  readonly from: 'body' | 'parameter';
  /** The parameter's name, if only one was validated. */
  readonly name?: string;
}

/**
 * An invalid request, with the errors by field. The status follows one rule: **400** if a value is malformed: missing, of another
 * type, unknown, or not in the format (UUID, date, code); **422** if all values are well-formed but one is not acceptable: out of
 * range, too long, not among the allowed ones, or inconsistent with another field.
 */
export class InvalidInput extends Error {
  readonly status: 400 | 422;
  readonly code: 'malformed-request' | 'unacceptable-values';
  readonly detail: string;
  readonly errors: readonly FieldError[];

  constructor(value: unknown, issues: readonly Issue[], origin: Origin) {
    super('invalid input');
    this.name = 'InvalidInput';
    const malformed = issues.some((issue) => isMalformed(issue, valueAt(value, pathOf(issue))));
    this.status = malformed ? 400 : 422;
    this.code = malformed ? 'malformed-request' : 'unacceptable-values';
    this.errors = issues.slice(0, MAX_REPORTED_FAULTS).map((issue) => fieldError(issue, origin));
    const more = issues.length - this.errors.length;
    const where = origin.from === 'body' ? 'The body' : 'A parameter';
    this.detail =
      `${where} ${malformed ? 'cannot be read as what it should be' : 'has values that are not acceptable'}; ` +
      `see errors${more > 0 ? `, of which ${more} more are not listed` : ''}.`;
  }
}

/** The issue codes of zod about the form, not the value. Other schema libraries have no codes: their issues count as form. */
const ABOUT_FORM = new Set(['invalid_type', 'invalid_format', 'unrecognized_keys', 'invalid_key', 'invalid_union']);

function isMalformed(issue: Issue, value: unknown): boolean {
  const { code, values } = issue as { code?: string; values?: readonly unknown[] };
  if (code === undefined || ABOUT_FORM.has(code)) return true;
  // Not an allowed value: the form is valid if its type is that of an allowed one.
  return code === 'invalid_value' && !values?.some((allowed) => typeof allowed === typeof value);
}

const pathOf = (issue: Issue): readonly PropertyKey[] =>
  (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<any>((inner, segment) => inner?.[segment], value);

function fieldError(issue: Issue, origin: Origin): FieldError {
  const path = pathOf(issue);
  const detail = issue.message;
  if (origin.from === 'body') return { pointer: jsonPointer(path), detail };
  return { parameter: [...(origin.name ? [origin.name] : []), ...path.map(String)].join('.'), detail };
}

/** RFC 6901: `/items/0/quantity`; the whole document is the empty string. */
const jsonPointer = (path: readonly PropertyKey[]): string =>
  path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
