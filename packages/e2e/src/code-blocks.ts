/** A code block of a document: the language of its fence, the preceding heading and its text. */
export interface CodeBlock {
  readonly language: string;
  readonly section: string;
  readonly text: string;
}

const FENCED = /^#+ (?<heading>.+)$|^```(?<language>\w+)\n(?<text>[\s\S]*?)^```$/gm;

/** The code blocks of a Markdown text in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  let section = '';
  const blocks: CodeBlock[] = [];
  for (const { groups } of markdown.matchAll(FENCED)) {
    const { heading, language, text } = groups!;
    if (heading !== undefined) section = heading;
    else blocks.push({ language: language!, section, text: text! });
  }
  return blocks;
}

/** The file edit of a block: a first line `// path` or `<!-- path -->` creates the file, `--- path` changes it. Undefined for other blocks. */
export function editOf({ text }: CodeBlock): { path: string; apply: (before: string) => string } | undefined {
  const [, how, path] = /^(\/\/|---|<!--) (\S+\.(?:ts|json|yml|md))(?: -->)?\n/.exec(text) ?? [];
  if (path === undefined) return undefined;
  const body = text.slice(text.indexOf('\n') + 1);
  if (how !== '---') return { path, apply: () => body };
  return { path, apply: (before) => body.split('@@\n').reduce((file, hunk) => applyHunk(file, hunk, path), before) };
}

/** Replaces the old lines of a hunk by the new ones; the old lines must occur in the file exactly once. */
function applyHunk(file: string, hunk: string, path: string): string {
  const lines = hunk.trimEnd().split('\n');
  const side = (without: '+' | '-') =>
    lines
      .filter((line) => !line.startsWith(without))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const parts = file.split(side('+'));
  if (parts.length !== 2) throw new Error(`These lines stand ${parts.length - 1} times in ${path}:\n${side('+')}`);
  return parts.join(side('-'));
}
