import type { IncomingRecord } from '@quadrille/kafka';

/** The position of a record, assigned by the broker. */
export type Place = Pick<IncomingRecord, 'topic' | 'partition' | 'offset' | 'timestamp'>;

/** A record that is decoded lazily and whose bytes end too soon: every access throws. */
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

/** The headers of an event from another system, or from an older version. */
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
