import { describe, expect, it } from '@jest/globals';
import { fieldsOf, rulesOf, typeOf } from './schema.js';

describe('a schema as text', () => {
  it.each([
    [{ type: 'string', format: 'uuid' }, 'uuid'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or nothing'],
    [{ type: 'array', items: { type: 'object' } }, 'list of object'],
    [{ enum: ['EUR', 'GBP'] }, '"EUR" | "GBP"'],
    [{ type: ['integer', 'null'] }, 'integer or nothing'],
    [{}, 'anything'],
  ])('%j is %s', (schema, expected) => {
    expect(typeOf(schema)).toBe(expected);
  });

  it('lists the constraints of a value, without those of every number', () => {
    expect(rulesOf({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })).toBe('at least 0');
    expect(rulesOf({ exclusiveMinimum: 0, maximum: 1_000_000 })).toBe('1 to 1,000,000');
    expect(rulesOf({ minItems: 1, maxItems: 1_000 })).toBe('1 to 1,000 items');
    expect(rulesOf({ maxLength: 64 })).toBe('at most 64 characters');
  });

  it('lists the fields of an object right after it, also through a list', () => {
    const fields = fieldsOf({
      properties: {
        items: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] } },
        total: { type: 'integer' },
      },
      required: ['total'],
    });
    expect(fields.map(({ path, depth, required }) => [path, depth, required])).toEqual([
      ['items', 0, false],
      ['items.sku', 1, true],
      ['total', 0, true],
    ]);
  });
});
