/** Maps values to small numbers: values with equal JSON have one number, in the order of their first appearance. */
export class Interned<Value> {
  private readonly ids = new Map<string, number>();
  private readonly values: Value[] = [];

  /** `reserved` numbers have another meaning and are never assigned. */
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

/** Rejects values that JSON serialises without their content. */
function plain(_: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set || typeof value === 'function') {
    const what = typeof value === 'function' ? 'a function' : `a ${value.constructor.name}`;
    throw new TypeError(
      `${what} cannot be distinguished from another one: use plain objects, arrays, texts and numbers`,
    );
  }
  return value;
}

/** Freezes a numbered value: a step that changes a state in place throws, instead of changing earlier states. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}
