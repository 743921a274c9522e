/** Values as small numbers: values that are equal as JSON have one number, in the order of their first appearance. */
export class Interned<Value> {
  private readonly ids = new Map<string, number>();
  private readonly values: Value[] = [];

  /** `reserved` numbers stand for something else and are never given. */
  constructor(private readonly reserved = 0) {}

  idOf(value: Value): number {
    const name = String(JSON.stringify(value, plain));
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    freeze(value);
    const id = this.values.push(value) - 1 + this.reserved;
    this.ids.set(name, id);
    return id;
  }

  valueOf(id: number): Value {
    return this.values[id - this.reserved]!;
  }
}

/** JSON would write all of these in the same way, however different they are. */
function plain(_: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set || typeof value === 'function') {
    const what = typeof value === 'function' ? 'a function' : `a ${value.constructor.name}`;
    throw new TypeError(`${what} cannot be told apart from another one: keep plain objects, arrays, texts and numbers`);
  }
  return value;
}

/** What has a number must stay what it is: a step that changes a state in place throws, instead of changing the past. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}
