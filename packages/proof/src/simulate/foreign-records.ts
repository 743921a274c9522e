import type { IncomingRecord } from '@quadrille/kafka';

/** Where a record is: the broker gives it. */
export type Place = Pick<IncomingRecord, 'topic' | 'partition' | 'offset' | 'timestamp'>;

/** A record as a consumer has it that reads only when it is asked, whose bytes end too soon: asking throws, each time. */
export function unreadableRecord(place: Place, key: string): IncomingRecord {
  const chokes = (): never => {
    throw new RangeError('The bytes end within a number.');
  };
  return {
    ...place,
    key,
    get headers() {
      return chokes();
    },
    get value() {
      return chokes();
    },
  };
}

/** The headers of an event that another system, or an older version of ours, has said. */
export const eventHeaders = (type: string, id: string, subject: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  ce_specversion: '1.0',
  ce_id: id,
  ce_source: '/somebody/else',
  ce_type: type,
  ce_subject: subject,
  ce_time: '2020-01-01T00:00:00.000Z',
  ce_correlationid: subject,
});
