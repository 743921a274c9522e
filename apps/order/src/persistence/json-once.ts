/**
 * Serialises objects to JSON, each only once, even if it is in several lists: the details of an order are also the data of its
 * first event.
 */
export function jsonOnce(): (list: readonly object[]) => string[] {
  const known = new Map<object, string>();
  const written = (value: object): string => {
    let text = known.get(value);
    if (text === undefined) {
      text = JSON.stringify(value);
      known.set(value, text);
    }
    return text;
  };
  return (list) => list.map(written);
}
