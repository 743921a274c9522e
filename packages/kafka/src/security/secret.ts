import { readFileSync } from 'node:fs';

/** Environment variables, by name; an empty one counts as none. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Variables that contradict each other, or a file that cannot be used: one sentence that says what to do. */
export class SecurityProblem extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'SecurityProblem';
  }
}

/** The text of a file that a variable names. */
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
 * What `NAME` or the file of `NAME_FILE` says, without the line end that editors leave; undefined where neither is set. The file is read
 * at each call; where it cannot be read any more, what it said last is given. Throws a {@link SecurityProblem} when it is asked for first.
 */
export function secretOf(name: string, variables: Variables): (() => string) | undefined {
  const [value, path] = [variables[name], variables[`${name}_FILE`]];
  if (value && path) throw new SecurityProblem(`${name} and ${name}_FILE are both set. Keep one of them.`);
  if (value) return () => value;
  if (!path) return undefined;
  const read = () => textOf(`${name}_FILE`, path).replace(/\r?\n$/, '');
  let last = read();
  if (last === '') {
    throw new SecurityProblem(`${name}_FILE is ${JSON.stringify(path)}, which is empty. Write the secret into it.`);
  }
  return () => {
    try {
      // Empty while it is being written.
      last = read() || last;
    } catch {
      // It is about to be put there again, or nobody can mend it from here.
    }
    return last;
  };
}
