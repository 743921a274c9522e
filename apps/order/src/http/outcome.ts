import type { Envelope } from '@quadrille/choreography';
import { type CommandOutcome, Problem } from '@quadrille/nest';

/** Returns the event that a command emitted, or undefined if nothing was left to do. Throws a rejection as a problem. */
export function eventIn(outcome: CommandOutcome): Envelope | undefined {
  if ('refused' in outcome) {
    const { status, refused, detail, pointers } = outcome.refused;
    throw new Problem(status, refused, detail, { ...(pointers && { pointers }) });
  }
  return 'event' in outcome ? outcome.event : undefined;
}

export const unknownOrder = (orderId: string): Problem =>
  new Problem(404, 'unknown-order', `There is no order ${orderId}.`);
