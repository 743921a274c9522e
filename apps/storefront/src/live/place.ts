/** How far a reader has read: `life` is that of the numbering, which begins anew with the read model. */
export interface Place {
  readonly life: string;
  readonly seq: number;
}

const WRITTEN = /^([0-9a-f]{8})-(\d{1,15})$/;

/** As the id of a server-sent event has it, and a browser sends it back: `0b7c9a1e-4711`. */
export const writtenPlace = ({ life, seq }: Place): string => `${life}-${seq}`;

/** Undefined for everything that is no id of ours. */
export function readPlace(text: string): Place | undefined {
  const [, life, seq] = WRITTEN.exec(text) ?? [];
  return life === undefined ? undefined : { life, seq: Number(seq) };
}
