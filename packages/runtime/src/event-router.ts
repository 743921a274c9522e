import {
  deadlineOf,
  demandOwner,
  demandOwnTopic,
  type EventType,
  eventsHandledBy,
  eventsOf,
  isSkipped,
  parseCloudEventType,
  type Rows,
  type ServiceSteps,
  type SkipRule,
  type Step,
  type TopicNaming,
  topicOf,
  UnreadableMessage,
  upcast,
  wrongOrigin,
} from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { ceTypeOf, decodeAttributes, decodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { isKey } from './ids.js';
import type { DeadlineExtension, EventInput, Unreadable } from './input.js';
import { parkable, subjectOf, unreadable, unreadableBecauseOf } from './parked/parkable.js';

const MAX_SHOWN_CHARACTERS = 200;

interface Subscription {
  readonly event: EventType;
  /** The topic of its owner. */
  readonly topic: string;
  readonly reacting: readonly Step[];
  /** Deadline rows that this event extends. */
  readonly extending: readonly Step[];
}

type Routed = EventInput | DeadlineExtension | Unreadable;

/** The records of other systems that a service skips. */
interface ForeignRecords {
  readonly skip: SkipRule;
  /** Called for each of them. */
  readonly onSkipped?: ((topic: string) => void) | undefined;
}

/** Converts records to inputs of the service's steps, one per row that handles them. */
export class EventRouter {
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly wireNames: ReadonlySet<string>;

  constructor(
    private readonly naming: TopicNaming,
    rows: Rows,
    part: ServiceSteps,
    private readonly foreign?: ForeignRecords,
  ) {
    this.wireNames = new Set(eventsOf(rows).map((event) => event.wireName));
    for (const step of part.steps) {
      const row = rows[step.name]!;
      for (const event of eventsHandledBy(row)) this.open(event, 'reacting', step);
      for (const event of deadlineOf(row)?.extendedBy ?? []) this.open(event, 'extending', step);
    }
  }

  /** Whether the service handles events of the type that the record has. Never throws. */
  handles(record: IncomingRecord): boolean {
    try {
      const named = parseCloudEventType(ceTypeOf(record) ?? '');
      return named !== undefined && this.subscriptions.has(named.wireName);
    } catch {
      return false;
    }
  }

  /**
   * Returns the inputs for a record; none if no row handles such events. Never throws, for any record. `received`: the record as it came
   * from the wire, which is parked if it cannot be read; `undecoded`: why its value has no JSON form.
   */
  take(record: IncomingRecord, received = record, undecoded?: UnreadableMessage): Routed[] {
    let subscription: Subscription | undefined;
    try {
      const type = ceTypeOf(record);
      const named = type === undefined ? undefined : parseCloudEventType(type);
      subscription = named && this.subscriptions.get(named.wireName);
      if (named && !subscription && this.wireNames.has(named.wireName)) return [];
      if (!named || !subscription) {
        if (this.isSkipped(record, type)) return [];
        throw new UnreadableMessage(
          'unknown-type',
          `The type ${type?.slice(0, MAX_SHOWN_CHARACTERS) ?? '(none)'} is in no contract of this system.`,
        );
      }
      if (record.topic !== subscription.topic) demandOwnTopic(this.naming, subscription.event, record.topic);
      if (undecoded) throw undecoded;
      return this.inputsOf(record, subscription, named.version);
    } catch (error) {
      const parked = parkable(received);
      const key = subscription?.event.recordKey === undefined ? parked.key : subjectOf(record);
      return unreadable(parked, key, unreadableBecauseOf(error), subscription?.reacting ?? []);
    }
  }

  private isSkipped(record: IncomingRecord, type: string | undefined): boolean {
    const { topic, key, headers } = record;
    if (!this.foreign || !isSkipped(this.foreign.skip, { topic, key, type, headers })) return false;
    this.foreign.onSkipped?.(topic);
    return true;
  }

  private inputsOf(
    record: IncomingRecord,
    subscription: Subscription,
    version: number,
  ): (EventInput | DeadlineExtension)[] {
    const inputs: (EventInput | DeadlineExtension)[] = [];
    if (subscription.reacting.length > 0) {
      const envelope = decodeCloudEvent(record);
      const { time: at, id: messageId, correlationid: correlationId, traceparent } = envelope;
      const type = subscription.event.name;
      const key = keyOf(subscription.event, record, envelope);
      const payload = upcast(subscription.event, version, envelope.data);
      if (String(payload[subscription.event.key]) !== key)
        throw wrongOrigin(subscription.event, `is keyed by ${shown(key)}, its data is not`);
      demandRecordKey(subscription.event, record.key, payload);
      for (const step of subscription.reacting) {
        inputs.push({
          from: 'event',
          step,
          type,
          key,
          payload,
          at,
          messageId,
          correlationId,
          traceparent,
          original: record,
        });
      }
    }
    if (subscription.extending.length > 0) {
      // Only the attributes count here. Steps that react to the event report invalid data.
      const attributes = decodeAttributes(record);
      const key = keyOf(subscription.event, record, attributes);
      for (const step of subscription.extending) inputs.push({ from: 'extension', step, key, at: attributes.time });
    }
    return inputs;
  }

  private open(event: EventType, how: 'reacting' | 'extending', step: Step): void {
    const fresh = { event, topic: topicOf(this.naming, event), reacting: [], extending: [] };
    const subscription = this.subscriptions.get(event.wireName) ?? fresh;
    this.subscriptions.set(event.wireName, { ...subscription, [how]: [...subscription[how], step] });
  }
}

/** Returns the key of an event that comes from its owner. */
function keyOf(
  event: EventType,
  record: IncomingRecord,
  emitted: { readonly source: string; readonly subject: string },
): string {
  const { subject } = emitted;
  if (!isKey(subject)) throw new UnreadableMessage('malformed', 'The ce_subject exceeds the maximum length of a key.');
  demandOwner(event, event.recordKey === undefined ? record.key : subject, emitted);
  return subject;
}

/** The key of the record is another field of the data, which attributes do not have. */
function demandRecordKey(event: EventType, key: string | null, data: Record<string, unknown>): void {
  if (event.recordKey === undefined || String(data[event.recordKey]) === key) return;
  throw wrongOrigin(event, `has the record key ${shown(key ?? '(none)')}, which is not its ${event.recordKey}`);
}

const shown = (text: string): string => text.slice(0, MAX_SHOWN_CHARACTERS);
