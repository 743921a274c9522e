import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Rule {
  readonly pattern: string;
  /** Words to write instead. */
  readonly write: string;
  readonly fails: string;
  readonly passes: string;
}
interface Exception {
  readonly file: string;
  readonly text: string;
  readonly reason: string;
}

/** The rules of CONTRIBUTING, "English", and the folders and files to which they apply so far. */
const prose: {
  readonly finished: readonly string[];
  readonly patterns: readonly Rule[];
  readonly exceptions: readonly Exception[];
} = JSON.parse(readFileSync(new URL('./prose.json', import.meta.url), 'utf8'));

const rules = prose.patterns.map((rule) => ({ ...rule, regExp: new RegExp(rule.pattern, 'gim') }));

/** A comment, a string, a template or a regular expression: the last only so that its quotes open no string. */
const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:?&|![]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;
const SQL = /^.\s*(select|insert|update|delete|create|with|alter|drop|begin|set|lock|truncate|comment)\b/;
const THREE_WORDS = /\S \S+ \S/;
const NOT_PROSE = /\{@link [^}]*\}|https?:\S+|\]\([^)]*\)/g;
const QUOTED_CODE = /`[^`\n]*`/g;
const FENCED_CODE = /```[\s\S]*?```/g;
/** In a document: a spec title or a log line, which is checked in its source. */
const QUOTATION = /"(?:[^"\n]|\n(?!\n))*"/g;

interface Passage {
  readonly line: number;
  readonly text: string;
}

/** Blanks out code and addresses. Lines stay where they are. */
const blank = (text: string, code: RegExp): string => text.replace(code, (found) => found.replace(/[^\n]/g, '·'));

function proseOf(file: string, source: string): Passage[] {
  if (file.endsWith('.md')) return [{ line: 1, text: [FENCED_CODE, QUOTED_CODE, QUOTATION].reduce(blank, source) }];
  return [...source.matchAll(TOKEN)].flatMap(({ 0: token, index }) => {
    const line = source.slice(0, index).split('\n').length;
    if (/^\/[/*]/.test(token)) return [{ line, text: blank(token, QUOTED_CODE) }];
    const isProse = /^['"`]/.test(token) && THREE_WORDS.test(token) && !SQL.test(token);
    return isProse ? [{ line, text: blank(token, /\$\{[^}]*\}/g).replace(/\\n/g, '  ') }] : [];
  });
}

const isException = (file: string, line: string): boolean =>
  prose.exceptions.some((each) => each.file === file && line.includes(each.text));

/** `file:line: word -> words to write`, for each word that breaks a rule. */
function findings(file: string, source: string): string[] {
  const lines = source.split('\n');
  return proseOf(file, source).flatMap(({ line, text }) => {
    const plain = blank(text, NOT_PROSE);
    return rules.flatMap(({ regExp, write }) =>
      [...plain.matchAll(regExp)].flatMap(({ 0: found, index }) => {
        const at = line + plain.slice(0, index).split('\n').length - 1;
        return isException(file, lines[at - 1]!) ? [] : [`${file}:${at}: ${found.trim()} -> ${write}`];
      }),
    );
  });
}

const readSource = (file: string): string => {
  try {
    return readFileSync(`${ROOT}/${file}`, 'utf8');
  } catch {
    return ''; // deleted, and not committed yet
  }
};

const sources = execFileSync('git', ['ls-files', '--', ...prose.finished], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|tsx|mts|mjs|md)$/.test(file));

describe('the English of comments, messages and docs', () => {
  it.each(prose.finished)('follows CONTRIBUTING in %s', (folder) => {
    const own = sources.filter((file) => file === folder || file.startsWith(`${folder}/`));
    expect(own).not.toEqual([]);
    expect(own.flatMap((file) => findings(file, readSource(file)))).toEqual([]);
  });

  it.each(prose.patterns)('is checked for "$pattern"', ({ fails, passes }) => {
    for (const wrong of [`// ${fails}`, `/**\n * ${fails}\n */`, `throw new Error('${fails}');`]) {
      expect(findings('a.ts', wrong)).not.toEqual([]);
    }
    expect(findings('a.md', `# Title\n\n${fails}`)).toHaveLength(findings('a.ts', `// ${fails}`).length);
    expect(findings('a.ts', `// ${passes}`)).toEqual([]);
  });

  it('is not checked in code, SQL, regular expressions and addresses', () => {
    const source = [
      'const told = await ask(nobody); // calls `ask`, see {@link told} and https://example.org/what',
      'const SELECT = `\n  select told as "what is asked" from kept`;',
      "const QUOTE = /'/; // it's",
      "const word = 'told';",
    ];
    expect(findings('a.ts', source.join('\n'))).toEqual([]);
    expect(findings('a.md', '`ask` them:\n\n```ts\n// nobody\n```\n[a link](what.md)')).toEqual([]);
  });

  it('is reported with file and line', () => {
    expect(findings('a.ts', '\n/**\n * Fine.\n * Whoever reads it.\n */')).toEqual([
      expect.stringMatching(/^a\.ts:4: Whoever -> /),
    ]);
  });

  it('has no exception that is not needed', () => {
    const unused = prose.exceptions.filter(({ file, text }) => !readSource(file).includes(text));
    expect(unused).toEqual([]);
  });
});
