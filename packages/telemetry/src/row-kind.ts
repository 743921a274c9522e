import type { Row } from '@quadrille/choreography';

/** The kind of a step as a label, so that an alert on compensations does not list the steps. */
export type RowKind = 'forward' | 'compensation' | 'interrupt' | 'follow-up';

export const kindOf = (row: Row): RowKind => row.role ?? (row.compensates ? 'compensation' : 'forward');
