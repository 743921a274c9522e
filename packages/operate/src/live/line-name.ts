/** Topics are named in parts; a part may have words. */
const PARTS = /^.*\./;
const WORDS = /^.*[._-]/;

/**
 * Names the topics of a service: the topic itself, or the common prefix of several, as in `shop.order.*`. A prefix that topics of
 * other services have as well names nothing: the number of topics is returned instead.
 */
export function lineName(service: string, own: readonly string[], all: readonly string[]): string {
  const [first = '', ...others] = own;
  if (others.length === 0) return first;
  const common = others.reduce(commonPrefix, first);
  const prefixes = [PARTS, WORDS].flatMap((whole) => whole.exec(common) ?? []);
  const theirs = prefixes.find((prefix) => all.every((topic) => own.includes(topic) || !topic.startsWith(prefix)));
  return theirs === undefined ? `${own.length} topics of ${service}` : `${theirs}*`;
}

function commonPrefix(one: string, other: string): string {
  const length = [...one].findIndex((character, at) => character !== other[at]);
  return length === -1 ? one : one.slice(0, length);
}
