import { type Choreography, eventsOf, isFailure, type Row, servicesOf } from '@quadrille/choreography';
import type { Link, Missing, SagaTimeline } from '../saga-timeline.js';
import type { Meaning, Paint } from './paint.js';
import { span } from './span.js';

const TIME = 11;
const longest = (words: readonly string[]): number => Math.max(...words.map(({ length }) => length));

/** Draws sagas of one choreography as text. The columns have a fixed width per table, so that successive lines align. */
export class TimelineDrawing {
  private readonly rows: ReadonlyMap<string, Row>;
  private readonly failures: ReadonlySet<string>;
  private readonly endings: ReadonlySet<string>;
  private readonly eventWidth: number;
  private readonly serviceWidth: number;
  private readonly stepWidth: number;

  /** `noun`: the name of a saga, such as `Order`. */
  constructor(
    private readonly choreography: Choreography,
    private readonly noun: string,
    private readonly paint: Paint,
  ) {
    const events = eventsOf(choreography.rows);
    this.rows = new Map(Object.entries(choreography.rows));
    this.failures = new Set(events.filter((event) => isFailure(choreography, event)).map(({ name }) => name));
    this.endings = new Set(Object.values(choreography.endings).map(({ name }) => name));
    this.eventWidth = longest(events.map(({ name }) => name));
    this.serviceWidth = longest(servicesOf(choreography.rows));
    this.stepWidth = longest([...this.rows.keys()]);
  }

  /** A saga as a column of events, followed by the awaited steps and its state. */
  whole(id: string, timeline: SagaTimeline, now: number): string {
    return [
      this.head(id, timeline),
      '',
      ...timeline.links.map((link) => this.link(timeline, link)),
      ...this.missing(timeline, now),
      '',
      this.state(timeline, now),
    ].join('\n');
  }

  /** The saga's id, and its start. */
  head(id: string, { startedAt }: SagaTimeline): string {
    return `${this.paint('strong', `${this.noun} ${id}`)}, begun ${startedAt}`;
  }

  /** One event: time, type, service and step, record, cause. */
  link({ startedAt }: SagaTimeline, link: Link): string {
    const [sign, meaning] = this.lookOf(link);
    const time = span(Date.parse(link.at) - Date.parse(startedAt)).padStart(TIME);
    const { topic, partition, offset } = link.record;
    const what = `${sign} ${link.event.padEnd(this.eventWidth)}`;
    const who = `${link.service.padEnd(this.serviceWidth)}  ${link.step.padEnd(this.stepWidth)}`;
    const where = `${topic}/${partition}/${offset}`;
    return `${time}  ${this.paint(meaning, what)}  ${who}  ${this.paint('quiet', `${where}  ← ${triggerOf(link)}`)}`;
  }

  /** One line per step that has not run. */
  missing({ awaited, afterwards }: SagaTimeline, now: number): string[] {
    return [
      ...awaited.map((missing) => this.one(missing, 'wait', now)),
      ...afterwards.map((missing) => this.one(missing, 'quiet', now)),
    ];
  }

  /** The state, in one line. */
  state({ state, outcome, startedAt, endedAt }: SagaTimeline, now: number): string {
    const took = (end: number) => span(end - Date.parse(startedAt));
    if (outcome === null || endedAt === null) {
      return `${this.paint(state === 'compensating' ? 'undo' : 'wait', state)} since ${took(now)}`;
    }
    return `${this.paint(this.isForward(outcome) ? 'good' : 'undo', outcome)} after ${took(Date.parse(endedAt))}`;
  }

  /** Signs have the same meaning as colours, for terminals without colours. */
  private lookOf({ step, event }: Link): readonly [sign: string, meaning: Meaning] {
    const row = this.rows.get(step);
    if (row?.role === 'interrupt') return ['!', 'undo'];
    if (row?.compensates) return [this.endings.has(event) ? '■' : '↶', 'undo'];
    if (this.failures.has(event)) return ['✗', 'bad'];
    if (row?.role === 'follow-up') return ['○', 'quiet'];
    return [this.endings.has(event) ? '■' : '●', 'good'];
  }

  /** Whether an ending is reached without compensation. */
  private isForward(outcome: string): boolean {
    const event = this.choreography.endings[outcome];
    return [...this.rows.values()].some(({ emits, compensates }) => event && emits.includes(event) && !compensates);
  }

  private one({ step, service, since, givenUp }: Missing, meaning: Meaning, now: number): string {
    const sign = givenUp ? '✗' : '…';
    const waits = `${sign} waits for ${step} of ${service} since ${span(now - Date.parse(since))}`;
    const line = `${' '.repeat(TIME)}  ${this.paint(givenUp ? 'bad' : meaning, waits)}`;
    return givenUp ? `${line}: ${givenUp.code}, ${givenUp.cause}` : line;
  }
}

function triggerOf({ triggeredBy }: Link): string {
  if ('request' in triggeredBy) return triggeredBy.request;
  if ('deadline' in triggeredBy) return triggeredBy.deadline;
  return triggeredBy.event ?? `event ${triggeredBy.eventId}, not read yet`;
}
