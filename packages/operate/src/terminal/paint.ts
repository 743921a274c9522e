import { styleText } from 'node:util';

/** The meaning of a text, independent of its look. */
export type Meaning = 'good' | 'bad' | 'undo' | 'wait' | 'quiet' | 'strong';

const LOOKS = {
  good: 'green',
  bad: 'red',
  undo: 'yellow',
  wait: 'cyan',
  quiet: 'gray',
  strong: 'bold',
} as const satisfies Record<Meaning, string>;

/** Colours a text by its meaning, or returns it unchanged. */
export type Paint = (meaning: Meaning, text: string) => string;

/** Colours that end with the line. */
export const coloured: Paint = (meaning, text) => styleText(LOOKS[meaning], text, { validateStream: false });

/** For files, pipes and specs. */
export const plain: Paint = (_, text) => text;

/** Uses colours only on a terminal and without `NO_COLOR` (https://no-color.org). */
export const paintFor = ({ isTTY }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint =>
  isTTY && !env.NO_COLOR && env.TERM !== 'dumb' ? coloured : plain;

/** For the output of the commands. */
export const paint: Paint = paintFor(process.stdout, process.env);
