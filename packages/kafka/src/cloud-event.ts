import { type Envelope, UnreadableMessage } from '@quadrille/choreography';
import { type IncomingRecord, MAX_MESSAGE_BYTES, type OutgoingRecord } from './record.js';
import { FetchedRecord } from './records/fetched-record.js';
import { HeaderName } from './records/read-headers.js';

const SPEC_VERSION = '1.0';
const JSON_CONTENT = 'application/json';
const CE_TYPE = new HeaderName('ce_type');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** CloudEvents forbids control characters in attributes; PostgreSQL refuses the first of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Writes an event as a record in CloudEvents' binary mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md): attributes are headers, data is the value.
 */
export function encodeCloudEvent(topic: string, envelope: Envelope): OutgoingRecord {
  const headers: Record<string, string> = {
    'content-type': JSON_CONTENT,
    ce_specversion: SPEC_VERSION,
    ce_id: envelope.id,
    ce_source: envelope.source,
    ce_type: envelope.type,
    ce_subject: envelope.subject,
    ce_time: envelope.time,
    ce_correlationid: envelope.correlationid,
  };
  if (envelope.causationid !== undefined) headers.ce_causationid = envelope.causationid;
  if (envelope.traceparent !== undefined) headers.traceparent = envelope.traceparent;
  return { topic, key: envelope.subject, headers, payload: JSON.stringify(envelope.data ?? null) };
}

/**
 * Reads a record of CloudEvents' binary mode. The value is parsed here, once; whether the data fits its schema is asked elsewhere.
 * Throws {@link UnreadableMessage}: `malformed` or `too-large`.
 */
export function decodeCloudEvent(record: IncomingRecord): Envelope<unknown> {
  const specversion = attribute(record, 'ce_specversion');
  if (specversion !== SPEC_VERSION) throw malformed(record, `has ce_specversion ${specversion}, not ${SPEC_VERSION}`);
  const id = uuid(record, 'ce_id', attribute(record, 'ce_id'));
  const causationid = record.headers.ce_causationid;
  const traceparent = record.headers.traceparent ?? record.headers.ce_traceparent;
  return {
    id,
    type: attribute(record, 'ce_type'),
    source: attribute(record, 'ce_source'),
    subject: attribute(record, 'ce_subject'),
    time: instant(record, attribute(record, 'ce_time')),
    correlationid: attribute(record, 'ce_correlationid'),
    ...(causationid !== undefined && { causationid: uuid(record, 'ce_causationid', causationid) }),
    ...(traceparent !== undefined && !CONTROL_CHARACTER.test(traceparent) && { traceparent }),
    data: json(record),
  };
}

/** The type a record says it has, without looking at anything else of it: to skip what a service does not hear. */
export const ceTypeOf = (record: Pick<IncomingRecord, 'headers'>): string | undefined =>
  record instanceof FetchedRecord ? record.header(CE_TYPE) : record.headers.ce_type;

function attribute(record: IncomingRecord, name: string): string {
  const value = record.headers[name];
  if (value === undefined || value === '') throw malformed(record, `has no ${name}`);
  if (CONTROL_CHARACTER.test(value)) throw malformed(record, `has a control character in ${name}`);
  return value;
}

/** In lower case, as PostgreSQL gives a UUID back. */
function uuid(record: IncomingRecord, name: string, value: string): string {
  if (!UUID.test(value)) throw malformed(record, `has a ${name} that is no UUID`);
  return value.toLowerCase();
}

function instant(record: IncomingRecord, time: string): string {
  if (Number.isNaN(Date.parse(time))) throw malformed(record, 'has a ce_time that is no time');
  return time;
}

function json(record: IncomingRecord): unknown {
  const content = record.headers['content-type'];
  if (content !== undefined && !content.startsWith(JSON_CONTENT)) {
    throw malformed(record, `has content-type ${content.slice(0, 80)}, not ${JSON_CONTENT}`);
  }
  if (record.value === null) throw malformed(record, 'has no value');
  const bytes = Buffer.byteLength(record.value);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new UnreadableMessage('too-large', `${nameOf(record)} has ${bytes} bytes, more than ${MAX_MESSAGE_BYTES}.`);
  }
  try {
    return JSON.parse(record.value);
  } catch (cause) {
    throw malformed(record, 'has a value that is no JSON', { cause });
  }
}

const nameOf = ({ topic, partition, offset }: IncomingRecord): string => `Record ${topic}/${partition}@${offset}`;

const malformed = (record: IncomingRecord, what: string, options?: ErrorOptions): UnreadableMessage =>
  new UnreadableMessage('malformed', `${nameOf(record)} ${what}.`, options);
