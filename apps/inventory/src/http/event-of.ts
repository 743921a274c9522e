import type { Envelope } from '@quadrille/choreography';
import { type CommandOutcome, Problem } from '@quadrille/nest';

/** What a command said, or undefined when all was done already. A refusal is thrown as a problem. */
export function eventOf(outcome: CommandOutcome): Envelope | undefined {
  if (!('refused' in outcome)) return 'said' in outcome ? outcome.said : undefined;
  const { status, refused, detail, pointers } = outcome.refused;
  throw new Problem(status, refused, detail, pointers ? { pointers } : {});
}
