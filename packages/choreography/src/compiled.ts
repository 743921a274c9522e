import { z } from 'zod';

const known = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The schema as code of its own, for what is read with every message: same results, same errors, a fraction of the time. Where code may
 * not be generated, or for a schema that cannot be compiled (an asynchronous refinement), it is the schema itself.
 */
export function compiled<Data>(schema: z.ZodType<Data>): z.ZodType<Data> {
  let fast = known.get(schema) as z.ZodType<Data> | undefined;
  if (!fast) {
    // Only now, not when the event is declared: it takes milliseconds, and a service reads few of the events it knows.
    fast = z.compile(schema);
    known.set(schema, fast);
  }
  return fast;
}
