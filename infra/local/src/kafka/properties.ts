/** The format of `java.util.Properties`: ISO 8859-1, with a backslash before special characters. */
export const properties = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${escaped(name).replace(/[ :=]/g, '\\$&')}=${escaped(value).replace(/^ /, '\\ ')}\n`)
    .join('');

const escaped = (text: string): string =>
  text
    .replace(/[\\#!]/g, '\\$&')
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
