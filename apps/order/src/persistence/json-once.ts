/**
 * Writes lists as JSON, each object only once, however many lists it is in: what an order is about is also the data of its first
 * event.
 */
export function jsonOnce(): (list: readonly object[]) => string {
  const known = new Map<object, string>();
  const written = (value: object): string => {
    let text = known.get(value);
    if (text === undefined) {
      text = JSON.stringify(value);
      known.set(value, text);
    }
    return text;
  };
  return (list) => `[${list.map(written).join()}]`;
}
