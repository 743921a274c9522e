import type { Envelope } from '@quadrille/choreography';
import { type CommandOutcome, Problem } from '@quadrille/nest';

/** What a command's step said; undefined when there was nothing to say. Throws the problem a caller is told of a refusal. */
export function eventIn(outcome: CommandOutcome): Envelope | undefined {
  if ('refused' in outcome) {
    const { status, refused, detail, pointers } = outcome.refused;
    throw new Problem(status, refused, detail, { ...(pointers && { pointers }) });
  }
  return 'said' in outcome ? outcome.said : undefined;
}

export const unknownOrder = (orderId: string): Problem =>
  new Problem(404, 'unknown-order', `There is no order ${orderId}.`);
