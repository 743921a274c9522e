type Attributes = Readonly<Record<string, string | boolean>>;

/** Creates an HTML element. Text is set as text, never as HTML, because it comes from topics. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

/** Creates an SVG element. */
export function drawing<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[Tag] {
  const texts = Object.entries(attributes).map(([name, value]) => [name, String(value)] as const);
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), Object.fromEntries(texts), children);
}

function filled<Kind extends Element>(made: Kind, attributes: Attributes, children: readonly (Node | string)[]): Kind {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

/** A long name that may break after each of its words. */
export const breakable = (name: string): (Node | string)[] =>
  name.split(/(?<=[._-])|(?<=[a-z])(?=[A-Z])/).flatMap((part, at) => (at === 0 ? [part] : [element('wbr'), part]));

/** An element of the document. */
export const part = (id: string): HTMLElement => document.getElementById(id)!;

const GROUPED = new Intl.NumberFormat('en-GB');

/** A number with its noun: `1 event`, `2 events`. */
export const counted = (number: number, noun: string): string =>
  `${GROUPED.format(number)} ${noun}${number === 1 ? '' : 's'}`;
