/** A string, with the colon that makes it a name, or the beginning or end of an object or array. */
const TOKEN = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}[\]]/g;

/**
 * Returns a name that occurs twice in one object of a JSON text; undefined without one. JSON.parse uses the last of them and
 * other readers the first, so that two parties would read different values. The text must be valid JSON.
 */
export function repeatedName(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, written, colon] of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const name = written!.includes('\\') ? JSON.parse(`"${written}"`) : written!;
      const names = open.at(-1)!;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}
