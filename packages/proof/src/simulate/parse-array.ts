/** Parses an array in the format of PostgreSQL (`{a,"b c",NULL}`); returns any other value, including JSON text, unchanged. */
export function parseArray(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('{') || !value.endsWith('}') || isJson(value)) return value;
  const items: (string | null)[] = [];
  // Each match consumes its comma; the last has none.
  for (const [, quoted, plain] of value.slice(1, -1).matchAll(/(?:"((?:[^"\\]|\\.)*)"|([^,"]+))(?:,|$)/gs)) {
    if (quoted !== undefined) items.push(quoted.replace(/\\(.)/gs, '$1'));
    else items.push(plain === 'NULL' ? null : plain!);
  }
  return items;
}

/** `{"a": …` begins an object; `{"a",…` and `{"a"}` an array. */
const isJson = (text: string): boolean => /^\{\s*"(?:[^"\\]|\\.)*"\s*:/s.test(text);
