import { type Envelope, UnreadableMessage } from '@quadrille/choreography';
import { type IncomingRecord, MAX_MESSAGE_BYTES, type OutgoingRecord } from './record.js';
import { FetchedRecord } from './records/fetched-record.js';
import { HeaderName, HeaderNames } from './records/read-headers.js';

const SPEC_VERSION = '1.0';
/** Per character in UTF-8. */
const MOST_BYTES_A_CHARACTER = 3;
const JSON_CONTENT = 'application/json';
const CE_TYPE = new HeaderName('ce_type');
/** In the order of writing. */
const ATTRIBUTES = new HeaderNames(
  'content-type',
  'ce_specversion',
  'ce_id',
  'ce_source',
  'ce_type',
  'ce_subject',
  'ce_time',
  'ce_correlationid',
  'ce_causationid',
  'traceparent',
  'ce_traceparent',
);
const [CONTENT_TYPE, SPECVERSION, ID, SOURCE, TYPE, SUBJECT, TIME, CORRELATIONID] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const [CAUSATIONID, TRACEPARENT, CE_TRACEPARENT] = [8, 9, 10] as const;
type HeaderValues = readonly (string | undefined)[];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** CloudEvents forbids control characters in attributes; PostgreSQL refuses the first of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern rejects control characters
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Encodes an event as a record in CloudEvents' binary mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md): attributes are headers, data is the value. `key`: the key of the record; defaults to the subject.
 */
export function encodeCloudEvent(topic: string, envelope: Envelope, key = envelope.subject): OutgoingRecord {
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
  return { topic, key, headers, payload: JSON.stringify(envelope.data ?? null) };
}

/**
 * Decodes a record of CloudEvents' binary mode. The value is parsed here, once; its schema is validated elsewhere. Throws
 * {@link UnreadableMessage}: `malformed` or `too-large`.
 */
export function decodeCloudEvent(record: IncomingRecord): Envelope<unknown> {
  const values = headersOf(record);
  const { id, type, source, subject, time, correlationid, causationid, traceparent } = attributesIn(record, values);
  const data = json(record, values[CONTENT_TYPE]);
  return { id, type, source, subject, time, correlationid, causationid, traceparent, data };
}

/** Like {@link decodeCloudEvent}, without decoding the data. */
export const decodeAttributes = (record: IncomingRecord): Attributes => attributesIn(record, headersOf(record));

type Attributes = Omit<Envelope<unknown>, 'data'>;

const headersOf = (record: IncomingRecord): HeaderValues =>
  record instanceof FetchedRecord ? record.pick(ATTRIBUTES) : ATTRIBUTES.valuesIn(record.headers);

function attributesIn(record: IncomingRecord, values: HeaderValues): Attributes {
  const specversion = recurring(record, values, SPECVERSION);
  if (specversion !== SPEC_VERSION) throw malformed(record, `has ce_specversion ${specversion}, not ${SPEC_VERSION}`);
  const id = uuid(record, ID, attribute(record, values, ID));
  const type = recurring(record, values, TYPE);
  const source = recurring(record, values, SOURCE);
  const subject = attribute(record, values, SUBJECT);
  const time = recurring(record, values, TIME);
  const correlationid = attribute(record, values, CORRELATIONID);
  const cause = values[CAUSATIONID];
  const causationid = cause === undefined ? undefined : uuid(record, CAUSATIONID, cause);
  return { id, type, source, subject, time, correlationid, causationid, traceparent: traceOf(values) };
}

/** Reads only the type of a record, to skip events that a service does not handle. */
export const ceTypeOf = (record: Pick<IncomingRecord, 'headers'>): string | undefined =>
  record instanceof FetchedRecord ? record.header(CE_TYPE) : record.headers.ce_type;

/**
 * The last accepted values. Most records have exactly the same texts (see {@link HeaderNames}), which need no second validation.
 */
const accepted: (string | undefined)[] = [];

function recurring(record: IncomingRecord, values: HeaderValues, at: number): string {
  if (values[at] !== undefined && values[at] === accepted[at]) return values[at];
  const value = attribute(record, values, at);
  if (at === TIME && Number.isNaN(Date.parse(value))) throw malformed(record, 'has a ce_time that is no time');
  accepted[at] = value;
  return value;
}

function attribute(record: IncomingRecord, values: HeaderValues, at: number): string {
  const value = values[at];
  if (value === undefined || value === '') throw malformed(record, `has no ${ATTRIBUTES.nameAt(at)}`);
  if (CONTROL_CHARACTER.test(value)) throw malformed(record, `has a control character in ${ATTRIBUTES.nameAt(at)}`);
  return value;
}

/** In lower case, as PostgreSQL returns UUIDs. */
function uuid(record: IncomingRecord, at: number, value: string): string {
  const lower = UUID.test(value) ? value : value.toLowerCase();
  if (!UUID.test(lower)) throw malformed(record, `has a ${ATTRIBUTES.nameAt(at)} that is no UUID`);
  return lower;
}

function traceOf(values: HeaderValues): string | undefined {
  const traceparent = values[TRACEPARENT] ?? values[CE_TRACEPARENT];
  return traceparent !== undefined && CONTROL_CHARACTER.test(traceparent) ? undefined : traceparent;
}

function json(record: IncomingRecord, content: string | undefined): unknown {
  if (content !== undefined && !content.startsWith(JSON_CONTENT)) {
    throw malformed(record, `has content-type ${content.slice(0, 80)}, not ${JSON_CONTENT}`);
  }
  const { value } = record;
  if (value === null) throw malformed(record, 'has no value');
  if (value.length * MOST_BYTES_A_CHARACTER > MAX_MESSAGE_BYTES) demandFits(record, value);
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw malformed(record, 'has a value that is no JSON', { cause });
  }
}

function demandFits(record: IncomingRecord, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new UnreadableMessage('too-large', `${nameOf(record)} has ${bytes} bytes, more than ${MAX_MESSAGE_BYTES}.`);
  }
}

const nameOf = ({ topic, partition, offset }: IncomingRecord): string => `Record ${topic}/${partition}@${offset}`;

const malformed = (record: IncomingRecord, what: string, options?: ErrorOptions): UnreadableMessage =>
  new UnreadableMessage('malformed', `${nameOf(record)} ${what}.`, options);
