import type { Row } from '@quadrille/choreography';

/** What a step is for, as a label: so that an alert on undoing need not name the steps. */
export type RowKind = 'forward' | 'undo' | 'interrupt' | 'follow-up';

export const kindOf = (row: Row): RowKind => row.role ?? (row.compensates ? 'undo' : 'forward');
