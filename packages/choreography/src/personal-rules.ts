import type { Choreography } from './choreography.js';
import { personalFieldsHandledBy, sealsPersonalData } from './personal.js';
import { entriesOf, type Violation } from './violation.js';

/** A command with personal fields names the person whose key seals them. */
export function personalDataHasSubject(choreography: Choreography): Violation[] {
  return entriesOf(choreography)
    .filter(([, row]) => sealsPersonalData(row) && !('subject' in row.handles))
    .map(([step]) => ({
      rule: 'personal-data-has-subject',
      rows: [step],
      explanation: `The command of ${step} has personal fields, but no subject: pass command() a function that returns the person's id.`,
    }));
}

/** A row that opens personal data handles some. */
export function openedDataIsPersonal(choreography: Choreography): Violation[] {
  return entriesOf(choreography)
    .filter(([, row]) => row.opensPersonalData && personalFieldsHandledBy(row).length === 0)
    .map(([step]) => ({
      rule: 'opened-data-is-personal',
      rows: [step],
      explanation: `${step} may open personal data, but its input has none: drop opensPersonalData, or mark the fields.`,
    }));
}
