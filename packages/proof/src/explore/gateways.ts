import type { Step } from '@quadrille/choreography';
import type { Cells } from './cells.js';
import { Interned } from './interned.js';
import type { GatewayParty } from './system.js';

/** The answer of a gateway, and the effect of the call. */
export interface Called {
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
export class Gateways {
  readonly answers = new Interned<unknown>(FIRST_ANSWER);
  private readonly known = new Map<string, Called>();

  constructor(
    private readonly parties: readonly GatewayParty[],
    private readonly cells: Cells,
  ) {}

  /** Returns the answer in the given states; synchronously if the same call was made before. */
  call(step: Step, service: string, key: string, inputId: number, input: unknown, now: readonly number[]) {
    const world = this.parties.find((each) => each.service === service);
    if (!world) throw new Error(`The gateway of ${service} is missing: ${step.name} calls it.`);
    const cell = this.cells.of(world, world.name, key, () => world.initial(key));
    const before = now[cell] ?? 0;
    const name = `${step.name} ${inputId} ${cell} ${before}`;
    return this.known.get(name) ?? this.callAnew(name, step, world, cell, before, input);
  }

  private async callAnew(
    name: string,
    step: Step,
    world: GatewayParty,
    cell: number,
    before: number,
    input: unknown,
  ): Promise<Called> {
    const open = world.open(this.cells.stateOf(cell, before));
    const answer = this.answers.idOf(await answerOf(step, input, open.ports));
    const after = this.cells.idOf(cell, open.state());
    const called = { answer, cell, before, after, vacuous: !world.remembers || !open.wasCalled() };
    this.known.set(name, called);
    return called;
  }
}

/** A rejected call. An exploration has no transient failures, so the call would be rejected on every retry. */
export class CallFailed extends Error {
  constructor(step: string, cause: unknown) {
    super(`The call of '${step}' failed: ${(cause as Error)?.message ?? cause}`, { cause });
    this.name = 'CallFailed';
  }
}

async function answerOf(step: Step, input: unknown, ports: unknown): Promise<unknown> {
  try {
    return await step.call!(input, ports);
  } catch (error) {
    throw new CallFailed(step.name, error);
  }
}
