/** The position of a reader. `life` identifies the numbering, which starts anew with the read model. */
export interface Place {
  readonly life: string;
  readonly seq: number;
}

const WRITTEN = /^([0-9a-f]{8})-(\d{1,15})$/;

/** The text form, used as the id of a server-sent event and sent back by browsers: `0b7c9a1e-4711`. */
export const writtenPlace = ({ life, seq }: Place): string => `${life}-${seq}`;

/** Parses a position; undefined for any other text. */
export function readPlace(text: string): Place | undefined {
  const [, life, seq] = WRITTEN.exec(text) ?? [];
  return life === undefined ? undefined : { life, seq: Number(seq) };
}
