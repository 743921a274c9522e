/**
 * One state of a system. All numbers are small, and have a meaning only together with the machine that created them. Events
 * are stored in logs; a consumer's progress on a topic is a position in one.
 */
export interface World {
  /** By cell, the number of its state; a missing entry is initial. */
  readonly cells: number[];
  /** By log, the numbers of the events. */
  readonly logs: number[][];
  /** By channel, the number of consumed events of its log. */
  readonly offsets: number[];
  /** By channel, the answers of gateways for events not consumed yet; 0: not called. */
  readonly answers: number[][];
  /** By deadline and key: 0 stopped, 1 running. */
  readonly deadlines: number[];
  /** How many more events may take effect a second time. */
  extra: number;
  /** The second delivery in transit: channel, position, answer; may be empty. */
  again: number[];
}

/** Serialises a world to a string; equal worlds give equal strings. */
export function pack(world: World): string {
  const { cells, logs, offsets, answers, deadlines, extra, again } = world;
  const numbers: number[] = [];
  // Cells are created on demand: initial ones at the end make no difference.
  put(numbers, cells, trimmed(cells));
  for (const log of logs) put(numbers, log, log.length);
  for (let channel = 0; channel < offsets.length; channel++) {
    numbers.push(offsets[channel]!);
    put(numbers, answers[channel]!, trimmed(answers[channel]!));
  }
  numbers.push(...deadlines, extra);
  put(numbers, again, again.length);
  return String.fromCharCode.apply(null, numbers);
}

/** Parses a packed world; the sizes are the machine's. */
export function unpack(packed: string, logCount: number, channels: number, deadlines: number): World {
  const reader = { packed, at: 0 };
  const cells = take(reader);
  const logs = Array.from({ length: logCount }, () => take(reader));
  const offsets: number[] = [];
  const answers: number[][] = [];
  for (let channel = 0; channel < channels; channel++) {
    offsets.push(packed.charCodeAt(reader.at++));
    answers.push(take(reader));
  }
  const running = Array.from({ length: deadlines }, () => packed.charCodeAt(reader.at++));
  const extra = packed.charCodeAt(reader.at++);
  return { cells, logs, offsets, answers, deadlines: running, extra, again: take(reader) };
}

/** Copies a world; its logs and answers are replaced, never changed. */
export const copyOf = (world: World): World => ({
  cells: world.cells.slice(),
  logs: world.logs.slice(),
  offsets: world.offsets.slice(),
  answers: world.answers.slice(),
  deadlines: world.deadlines.slice(),
  extra: world.extra,
  again: world.again,
});

function trimmed(numbers: readonly number[]): number {
  let length = numbers.length;
  while (length > 0 && !numbers[length - 1]) length--;
  return length;
}

function put(numbers: number[], what: readonly number[], length: number): void {
  numbers.push(length);
  for (let at = 0; at < length; at++) numbers.push(what[at] ?? 0);
}

function take(reader: { readonly packed: string; at: number }): number[] {
  const length = reader.packed.charCodeAt(reader.at++);
  const numbers = new Array<number>(length);
  for (let at = 0; at < length; at++) numbers[at] = reader.packed.charCodeAt(reader.at++);
  return numbers;
}
