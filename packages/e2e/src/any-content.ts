import fc from 'fast-check';

/** JSON that PostgreSQL can store in a column of type `json`, including values on which its operators fail. */
export const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', 'a\0b', 'Zo\ud83d', '\udc00'));
export const anyJson = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  anyText.map((text) => JSON.stringify(text)),
  fc.tuple(anyText, anyText).map(([name, text]) => JSON.stringify({ [name]: text, topic: text, ce_id: text })),
  fc.constantFrom(
    '1e400000',
    '-0',
    '{"items":1,"items":[]}',
    '{"a":"\\u0000","topic":1}',
    '[null]',
    '{"items":[null]}',
  ),
  fc.integer({ min: 1, max: 500 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);
/** Itineraries of orders: mostly with invalid lines, or with valid lines next to invalid text. */
export const anyItinerary = fc.oneof(
  anyJson,
  anyJson.map((json) => `{"items":${json}}`),
  anyJson.map((json) => `{"items":[{"sku":"TEAPOT","quantity":${json}}]}`),
  anyText.map((name) => JSON.stringify({ items: [{ sku: 'TEAPOT', quantity: 1 }], shippingAddress: { name } })),
);
export const TIMES = ['infinity', '-infinity', '0044-03-15 BC', '294000-01-01', '2026-01-01'];
const anyBytes = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
export const anyRecord = fc.record({
  key: anyBytes,
  value: anyBytes,
  headers: fc.dictionary(
    fc.oneof(fc.constantFrom('ce_id', 'ce_type', 'ce_source', 'traceparent'), fc.string({ minLength: 1 })),
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc.constant('\0'),
    ),
  ),
});
