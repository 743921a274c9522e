import { text } from '@quadrille/choreography';
import { z } from 'zod';

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
/** Characters of what an operator writes or looks for. */
const MAX_CHARACTERS = 500;

const Word = text(MAX_CHARACTERS);

/** The id of a row that operators look after. `what`: for the message where it is none. */
const rowId = (what: string) => z.string().regex(/^[1-9]\d{0,17}$/, `is no id of ${what}`);

/** The page that an operator asks for. */
const pageOf = (id: z.ZodString) =>
  z.object({
    key: Word.optional(),
    cursor: id.optional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
  });

export const DeadLetterId = rowId('a dead letter');
export const UnsendableId = rowId('an unsendable record');

export const ParkedState = z.enum(['retrying', 'dead', 'queued']);
export const DeadLetterListing = pageOf(DeadLetterId).extend({ state: ParkedState.optional() });
export const UnsendableListing = pageOf(UnsendableId);

/** Who decides and why; kept in the audit. */
export const Decision = z.object({ by: Word, reason: Word });
export type Decision = z.infer<typeof Decision>;
