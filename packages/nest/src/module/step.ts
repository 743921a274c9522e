import { SetMetadata, type Type } from '@nestjs/common';
import type {
  Choreography,
  HandledBy,
  InTransaction,
  Loaded,
  MayEmit,
  Row,
  Rows,
  Step as RuntimeStep,
} from '@quadrille/choreography';
import { clientOf } from '@quadrille/postgres';
import type { PoolClient } from 'pg';

/** The second parameter of a class step's `handle`: the open transaction of its batch, and the result of `call`. */
export interface StepTransaction<Answer = any> extends InTransaction<Answer> {
  /** The `pg` client under `tx`. Do not commit or roll back on it: throw to roll back. */
  readonly client: PoolClient;
}

/**
 * A step as an injectable class. It has either `decide` (pure, with states that it `loads`; the proofs can run it) or `handle`
 * (inside the transaction, with its own tables).
 */
export type StepOf<C extends Choreography<any>, N extends keyof C['rows'] & string> = {
  /** Calls external services before the transaction. It may run again after a crash, so it must be idempotent. */
  call?(message: HandledBy<C['rows'][N]>): Promise<unknown> | undefined;
} & (
  | {
      loads(message: HandledBy<C['rows'][N]>): Loaded;
      decide(states: any, message: HandledBy<C['rows'][N]>, answer: any): MayEmit<C['rows'][N]>;
    }
  | { handle(message: HandledBy<C['rows'][N]>, within: StepTransaction): Promise<MayEmit<C['rows'][N]>> }
);

/** The row of a step class. */
export interface StepMetadata {
  readonly rows: Rows;
  readonly name: string;
}

export const STEP = 'quadrille:step';

/** Makes an injectable class the step of a row. Its type must fit the row. */
export const Step =
  <C extends Choreography<any>, N extends keyof C['rows'] & string>(choreography: C, name: N) =>
  <Class extends Type<StepOf<C, N>>>(target: Class): void => {
    SetMetadata<string, StepMetadata>(STEP, { rows: choreography.rows, name })(target);
  };

/** Creates the runner's step from an instance with its dependencies. */
export function stepFrom(name: string, row: Row, instance: any): RuntimeStep {
  const call = instance.call && { call: (message: unknown) => instance.call(message) };
  if (instance.handle) {
    return {
      name,
      row,
      loads: () => ({}),
      decide: () => {
        throw new Error(`The step '${name}' handles its message in the transaction; only a service can run it.`);
      },
      handle: (message, within) => instance.handle(message, { ...within, client: clientOf(within.tx) }),
      ...call,
    };
  }
  return {
    name,
    row,
    loads: (message) => instance.loads(message),
    decide: (states, message, answer) => instance.decide(states, message, answer),
    ...call,
  };
}
