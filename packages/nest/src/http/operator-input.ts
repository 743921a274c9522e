import { text } from '@quadrille/choreography';
import { z } from 'zod';

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
/** Maximum characters of an operator's texts and search terms. */
const MAX_CHARACTERS = 500;

const Word = text(MAX_CHARACTERS);

/** The id of a row for operators. `what`: its name in the error message. */
const rowId = (what: string) => z.string().regex(/^[1-9]\d{0,17}$/, `is no id of ${what}`);

/** The page request of an operator. */
const pageOf = (id: z.ZodString) =>
  z.object({
    key: Word.optional(),
    cursor: id.optional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
  });

export const DeadLetterId = rowId('a dead letter');
export const OutboxDeadLetterId = rowId('a dead letter of the outbox');

export const ParkedState = z.enum(['retrying', 'dead', 'queued']);
export const DeadLetterListing = pageOf(DeadLetterId).extend({ state: ParkedState.optional() });
export const OutboxDeadLetterListing = pageOf(OutboxDeadLetterId);

/** The operator and the reason of a decision; stored in the audit. */
export const Decision = z.object({ by: Word, reason: Word });
export type Decision = z.infer<typeof Decision>;
