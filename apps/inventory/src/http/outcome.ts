import type { Envelope } from '@quadrille/choreography';
import { type CommandOutcome, Problem } from '@quadrille/nest';

/** The event that a command emitted, or undefined if nothing was left to do. Throws a rejection as a problem. */
export function eventOf(outcome: CommandOutcome): Envelope | undefined {
  if (!('refused' in outcome)) return 'event' in outcome ? outcome.event : undefined;
  const { status, refused, detail, pointers } = outcome.refused;
  throw new Problem(status, refused, detail, pointers ? { pointers } : {});
}

/** The problem for a SKU that is not in the catalogue; receive-stock rejects it with the same code. */
export const unknownSku = (sku: string) => new Problem(404, 'unknown-sku', `SKU ${sku} is not in the catalogue.`);
