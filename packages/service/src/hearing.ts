import {
  clockOf,
  type EventType,
  eventsHeardBy,
  eventsOf,
  type Part,
  parseWireType,
  type Rows,
  type Step,
  UnreadableMessage,
  upcast,
} from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { ceTypeOf, decodeAttributes, decodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { idNamed } from './ids.js';
import { type EventInput, type ExtensionInput, type Unreadable, WHOLE_RECORD } from './input.js';
import { keepable } from './original.js';
import { messageOf } from './pg-errors.js';

/** Far more than any id has; PostgreSQL has no room in an index for 2,704 bytes or more. */
const MAX_KEY_BYTES = 1_000;
const MAX_SHOWN_CHARACTERS = 200;

interface Ear {
  readonly event: EventType;
  readonly reacting: readonly Step[];
  /** Clock rows that this event gives more time. */
  readonly extending: readonly Step[];
}

/** A service's ears: turns records into inputs of its steps, once for each row that hears them. */
export class Hearing {
  private readonly ears = new Map<string, Ear>();
  private readonly known: ReadonlySet<string>;

  constructor(rows: Rows, part: Part) {
    this.known = new Set(eventsOf(rows).map((event) => event.wire));
    for (const step of part.steps) {
      const row = rows[step.name]!;
      for (const event of eventsHeardBy(row)) this.open(event, 'reacting', step);
      for (const event of clockOf(row)?.extendedBy ?? []) this.open(event, 'extending', step);
    }
  }

  /** What the service makes of a record; nothing when no row of it hears such events. Never throws, whatever the record is. */
  take(record: IncomingRecord): (EventInput | ExtensionInput | Unreadable)[] {
    let ear: Ear | undefined;
    try {
      const type = ceTypeOf(record);
      const named = type === undefined ? undefined : parseWireType(type);
      ear = named && this.ears.get(named.wire);
      if (named && !ear && this.known.has(named.wire)) return [];
      if (!named || !ear) {
        throw new UnreadableMessage(
          'unknown-type',
          `The type ${type?.slice(0, MAX_SHOWN_CHARACTERS) ?? '(none)'} is in no contract of this system.`,
        );
      }
      return this.inputsOf(record, ear, named.version);
    } catch (error) {
      return unreadable(keepable(record), unreadableBecauseOf(error), ear?.reacting ?? []);
    }
  }

  private inputsOf(record: IncomingRecord, ear: Ear, version: number): (EventInput | ExtensionInput)[] {
    const inputs: (EventInput | ExtensionInput)[] = [];
    if (ear.reacting.length > 0) {
      const envelope = decodeCloudEvent(record);
      const { time: at, id: messageId, correlationid: correlationId, traceparent } = envelope;
      const type = ear.event.name;
      const key = keyIn(envelope);
      const heard = upcast(ear.event, version, envelope.data);
      for (const step of ear.reacting) {
        inputs.push({
          from: 'event',
          step,
          type,
          key,
          heard,
          at,
          messageId,
          correlationId,
          traceparent,
          original: record,
        });
      }
    }
    if (ear.extending.length > 0) {
      // What else it says is for those who react to it, and they say so when it is broken.
      const attributes = decodeAttributes(record);
      const key = keyIn(attributes);
      for (const step of ear.extending) inputs.push({ from: 'extension', step, key, at: attributes.time });
    }
    return inputs;
  }

  private open(event: EventType, how: 'reacting' | 'extending', step: Step): void {
    const ear = this.ears.get(event.wire) ?? { event, reacting: [], extending: [] };
    this.ears.set(event.wire, { ...ear, [how]: [...ear[how], step] });
  }
}

/** What a reader throws that it does not foresee is a bug of ours: it costs this record, which can be redriven once that is mended. */
const unreadableBecauseOf = (error: unknown): UnreadableMessage =>
  error instanceof UnreadableMessage
    ? error
    : new UnreadableMessage('unreadable-bug', `Reading it failed: ${messageOf(error)}`, { cause: error });

function unreadable(record: IncomingRecord, error: UnreadableMessage, reacting: readonly Step[]): Unreadable[] {
  const place = `${record.topic}/${record.partition}/${record.offset}`;
  const common = {
    from: 'unreadable' as const,
    messageId: idNamed(place),
    code: error.code,
    cause: error.message,
    original: record,
  };
  // One of our events that cannot be read may be part of a saga: what follows must wait. Garbage holds up nobody.
  if (reacting.length === 0 || !record.key || !isKey(record.key))
    return [{ ...common, step: WHOLE_RECORD, key: place }];
  return reacting.map(({ name }) => ({ ...common, step: name, key: record.key! }));
}

function keyIn({ subject }: { readonly subject: string }): string {
  if (!isKey(subject)) throw new UnreadableMessage('malformed', 'Its ce_subject is longer than any key.');
  return subject;
}

const isKey = (text: string): boolean => Buffer.byteLength(text) <= MAX_KEY_BYTES;
