import { readFileSync } from 'node:fs';

/** Environment variables, by name; an empty one counts as missing. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Contradicting variables, or an unusable file: one sentence with the correction. */
export class SecurityProblem extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'SecurityProblem';
  }
}

/** Reads the file of a variable. */
export function textOf(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SecurityProblem(
      `${variable} is ${JSON.stringify(path)}, which cannot be read (${(error as NodeJS.ErrnoException).code}). Name a file that this user may read.`,
    );
  }
}

/**
 * Returns a function for the value of `NAME` or the file of `NAME_FILE`, without a trailing line end; undefined if neither is
 * set. The file is read at each call; if it can no longer be read, its last content is returned. Throws a {@link SecurityProblem}
 * if the first read fails.
 */
export function secretOf(name: string, variables: Variables): (() => string) | undefined {
  const [value, path] = [variables[name], variables[`${name}_FILE`]];
  if (value && path) throw new SecurityProblem(`${name} and ${name}_FILE are both set. Unset one of them.`);
  if (value) return () => value;
  if (!path) return undefined;
  const read = () => textOf(`${name}_FILE`, path).replace(/\r?\n$/, '');
  let last = read();
  if (last === '') {
    throw new SecurityProblem(`${name}_FILE is ${JSON.stringify(path)}, which is empty. Write the secret into it.`);
  }
  return () => {
    try {
      // Empty during a write.
      last = read() || last;
    } catch {
      // The file is being replaced, or the error cannot be handled here.
    }
    return last;
  };
}
