import type { Step } from '@quadrille/choreography';
import type { Cells } from './cells.js';
import { Interned } from './interned.js';
import type { OutsideWorld } from './system.js';

/** What the outside world answered, and what asking made of it. */
export interface Asked {
  readonly answer: number;
  readonly cell: number;
  readonly before: number;
  readonly after: number;
  /** It can make no difference when this is asked, or how often. */
  readonly vacuous: boolean;
}

/** 0 stands for: not asked. */
const FIRST_ANSWER = 1;

/** Asks the outside world, once for each combination of its state and request. */
export class Asking {
  readonly answers = new Interned<unknown>(FIRST_ANSWER);
  private readonly known = new Map<string, Asked>();

  constructor(
    private readonly outside: readonly OutsideWorld[],
    private readonly cells: Cells,
  ) {}

  /** What the answer to this is, given the states of now. Known at once if it was ever asked before. */
  ask(step: Step, service: string, key: string, heardId: number, heard: unknown, now: readonly number[]) {
    const world = this.outside.find((each) => each.service === service);
    if (!world) throw new Error(`The outside world of ${service} is missing: ${step.name} asks.`);
    const cell = this.cells.of(world, world.name, key, () => world.initial(key));
    const before = now[cell] ?? 0;
    const name = `${step.name} ${heardId} ${cell} ${before}`;
    return this.known.get(name) ?? this.askAnew(name, step, world, cell, before, heard);
  }

  private async askAnew(
    name: string,
    step: Step,
    world: OutsideWorld,
    cell: number,
    before: number,
    heard: unknown,
  ): Promise<Asked> {
    const open = world.open(this.cells.stateOf(cell, before));
    const answer = this.answers.idOf(await answerOf(step, heard, open.ports));
    const after = this.cells.idOf(cell, open.state());
    const asked = { answer, cell, before, after, vacuous: !world.remembers || !open.wasAsked() };
    this.known.set(name, asked);
    return asked;
  }
}

/** A call that was refused: there is no weather in an exploration, so it would be refused for ever. */
export class CallFailed extends Error {
  constructor(step: string, cause: unknown) {
    super(`The call of '${step}' failed: ${(cause as Error)?.message ?? cause}`, { cause });
    this.name = 'CallFailed';
  }
}

async function answerOf(step: Step, heard: unknown, ports: unknown): Promise<unknown> {
  try {
    return await step.call!(heard, ports);
  } catch (error) {
    throw new CallFailed(step.name, error);
  }
}
