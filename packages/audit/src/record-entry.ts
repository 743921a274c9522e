import { eventsOf, parseCloudEventType } from '@quadrille/choreography';
import { shop } from '@quadrille/contracts';
import { ceTypeOf, type IncomingRecord } from '@quadrille/kafka';
import type { RecordEntry } from './books.js';

const NAMES = new Map(eventsOf(shop).map((event) => [event.wireName, event.name]));

/** Extracts the fields that the auditor stores. Never throws: an unreadable record has no service, and `unread` is the cause. */
export function entryOf(record: IncomingRecord): RecordEntry {
  const { topic, partition, offset } = record;
  const place = `${topic}/${partition}/${offset}`;
  const at = Number(record.timestamp);
  try {
    return { topic, place, at, ...attributesOf(record) };
  } catch (error) {
    const unread = (error as Error).message;
    return { topic, place, at, ...NOTHING, unread };
  }
}

const NOTHING = { eventId: '', type: '', service: '', step: '', key: '', correlationId: '', causationId: null };

function attributesOf(record: IncomingRecord): Omit<RecordEntry, 'topic' | 'place' | 'at'> {
  const type = ceTypeOf(record) ?? '';
  const { key, headers } = record;
  const [, service = '', step = ''] = (headers.ce_source ?? '').split('/');
  return {
    eventId: own(headers.ce_id ?? ''),
    type: NAMES.get(parseCloudEventType(type)?.wireName ?? '') ?? own(type),
    service: own(service),
    step: own(step),
    key: own(key ?? ''),
    correlationId: own(headers.ce_correlationid ?? ''),
    causationId: headers.ce_causationid === undefined ? null : own(headers.ce_causationid),
  };
}

/** Copies a substring that is stored for long: a substring retains its parent string, here all headers of the record. */
const own = (part: string): string => Buffer.from(part, 'utf16le').toString('utf16le');
