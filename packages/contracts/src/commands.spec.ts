import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { z } from 'zod';
import { DepositFunds, ListProduct, PlaceOrder, ReceiveStock, RequestCancellation } from './commands.js';
import { exampleOrder } from './examples.js';

const { orderId, shippingAddress } = exampleOrder();
const placing = {
  orderId,
  customerId: orderId,
  items: [{ sku: 'TEAPOT', quantity: 1 }],
  shippingAddress: { ...shippingAddress, line2: 'at the back' },
  payment: { method: 'card', token: 'tok_visa' },
  currency: 'GBP',
};
const commands: Readonly<Record<string, readonly [z.ZodType, object]>> = {
  PlaceOrder: [PlaceOrder, placing],
  RequestCancellation: [RequestCancellation, { orderId, reason: 'too late' }],
  ListProduct: [ListProduct, { sku: 'TEAPOT', name: 'Teapot', price: 1, currency: 'GBP', weightGrams: 1 }],
  ReceiveStock: [ReceiveStock, { sku: 'TEAPOT', receiptId: orderId, quantity: 1 }],
  DepositFunds: [DepositFunds, { customerId: orderId, depositId: orderId, amount: 1, currency: 'GBP' }],
};

type Path = readonly string[];
const textsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'string'
    ? [path]
    : Object.entries(value ?? {}).flatMap(([name, inner]) => textsOf(inner, [...path, name]));
const put = (value: any, [name, ...rest]: Path, text: string): any => {
  if (name === undefined) return text;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[name] = put(value[name], rest, text);
  return copy;
};

/** Arbitrary JavaScript strings: any sequence of code units, with problematic ones over-represented. */
const unit = fc.oneof(
  fc.constantFrom('\u0000', '\u001b', '\n', '\u007f', '\u0085', '\ud83d', '\ude00', '😀', 'é', ' ', '\u202e', '\ufffe'),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.string({ minLength: 1, maxLength: 3 }),
);
const anyText = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''));

describe.each(Object.entries(commands))('%s', (_, [schema, example]) => {
  it('accepts the example', () => {
    expect(schema.safeParse(example).success).toBe(true);
  });

  it.each(textsOf(example).map((path) => [path.join('.'), path]))(
    'rejects %s if its text cannot be stored and read back',
    (_, path) => {
      fc.assert(
        fc.property(anyText, (text) => {
          const read = schema.safeParse(put(example, path as Path, text));
          if (!read.success) return read.error.issues.every((issue) => issue.path.join('.').startsWith(path[0]!));
          const value = (path as Path).reduce<any>((inner, name) => inner[name], read.data) as string;
          return !/[\p{Cc}\p{Cs}]/u.test(value) && value === value.trim() && value !== '';
        }),
        { numRuns: 300 },
      );
    },
  );

  it('rejects a NUL and a lone surrogate in each text, with the field name', () => {
    for (const path of textsOf(example)) {
      for (const text of ['a\u0000b', 'a\ud83d', '\udc00b', 'a\u001b[2Jb']) {
        const issues = schema.safeParse(put(example, path, text)).error?.issues ?? [];
        expect(issues.map((issue) => issue.path.join('.'))).toContain(path.join('.'));
      }
    }
  });
});
