import type { Step } from '@quadrille/choreography';
import type { Cells } from './cells.js';
import { Interned } from './interned.js';
import type { OutsideWorld } from './system.js';

/** The answer of a gateway, and the effect of the call. */
export interface Asked {
  readonly answer: number;
  readonly cell: number;
  readonly before: number;
  readonly after: number;
  /** The time and number of such calls make no difference. */
  readonly vacuous: boolean;
}

/** 0 stands for "not called". */
const FIRST_ANSWER = 1;

/** Calls gateways, once per combination of state and request. */
export class Asking {
  readonly answers = new Interned<unknown>(FIRST_ANSWER);
  private readonly known = new Map<string, Asked>();

  constructor(
    private readonly outside: readonly OutsideWorld[],
    private readonly cells: Cells,
  ) {}

  /** Returns the answer in the given states; synchronously if the same call was made before. */
  ask(step: Step, service: string, key: string, heardId: number, heard: unknown, now: readonly number[]) {
    const world = this.outside.find((each) => each.service === service);
    if (!world) throw new Error(`The gateway of ${service} is missing: ${step.name} calls it.`);
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

/** A rejected call. An exploration has no transient failures, so the call would be rejected on every retry. */
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
