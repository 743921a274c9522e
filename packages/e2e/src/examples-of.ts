/** A program in a document with its expected output. */
export interface Example {
  readonly language: 'ts' | 'sh';
  readonly code: string;
  readonly output: string;
}

const WITH_OUTPUT = /^```(?<language>ts|sh)\n(?<code>[\s\S]*?)^```\n\n```text\n(?<output>[\s\S]*?)^```$/gm;

/** The code blocks of a Markdown text that are followed by a block with their output. */
export function examplesOf(markdown: string): Example[] {
  return [...markdown.matchAll(WITH_OUTPUT)].map(({ groups }) => ({
    language: groups!.language as Example['language'],
    code: groups!.code!,
    output: groups!.output!,
  }));
}
