import { styleText } from 'node:util';

/** What something means, not how it looks. */
export type Meaning = 'good' | 'bad' | 'undo' | 'wait' | 'quiet' | 'strong';

const LOOKS = {
  good: 'green',
  bad: 'red',
  undo: 'yellow',
  wait: 'cyan',
  quiet: 'gray',
  strong: 'bold',
} as const satisfies Record<Meaning, string>;

/** Gives a text the colour of its meaning, or leaves it as it is. */
export type Paint = (meaning: Meaning, text: string) => string;

/** Colours that stay within one line. */
export const coloured: Paint = (meaning, text) => styleText(LOOKS[meaning], text, { validateStream: false });

/** For files, pipes and specs. */
export const plain: Paint = (_, text) => text;

/** Colours only where a person looks, and has not asked to be spared (https://no-color.org). */
export const paintFor = ({ isTTY }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint =>
  isTTY && !env.NO_COLOR && env.TERM !== 'dumb' ? coloured : plain;

/** For what the commands print. */
export const paint: Paint = paintFor(process.stdout, process.env);
