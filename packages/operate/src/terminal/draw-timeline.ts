import { eventsOf, isFailure, type Row, servicesOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import type { Link, Missing, Timeline } from '../timeline.js';
import type { Meaning, Paint } from './paint.js';
import { span } from './span.js';

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(checkout.rows));
const events = eventsOf(checkout.rows);
const failures = new Set(events.filter((event) => isFailure(checkout, event)).map(({ name }) => name));
const endings = new Set(Object.values(checkout.endings).map(({ name }) => name));

/** From the table, not from the saga: lines that come later stand below the earlier ones. */
const longest = (words: readonly string[]): number => Math.max(...words.map(({ length }) => length));
const TIME = 11;
const EVENT = longest(events.map(({ name }) => name));
const SERVICE = longest(servicesOf(checkout.rows));
const STEP = longest([...rows.keys()]);

/** A saga as a column of events, what is awaited below, and how it stands. */
export function drawTimeline(timeline: Timeline, paint: Paint, now: number): string {
  return [
    drawHead(timeline, paint),
    '',
    ...timeline.links.map((link) => drawLink(timeline, link, paint)),
    ...drawMissing(timeline, paint, now),
    '',
    drawState(timeline, paint, now),
  ].join('\n');
}

/** Which order, and when it began. */
export const drawHead = ({ orderId, startedAt }: Timeline, paint: Paint): string =>
  `${paint('strong', `Order ${orderId}`)}, begun ${startedAt}`;

/** One event: when, what, by whom, where the record lies, because of what. */
export function drawLink({ startedAt }: Timeline, link: Link, paint: Paint): string {
  const [sign, meaning] = lookOf(link);
  const time = span(Date.parse(link.at) - Date.parse(startedAt)).padStart(TIME);
  const { topic, partition, offset } = link.record;
  const what = `${sign} ${link.event.padEnd(EVENT)}`;
  const who = `${link.service.padEnd(SERVICE)}  ${link.step.padEnd(STEP)}`;
  const where = `${topic}/${partition}/${offset}`;
  return `${time}  ${paint(meaning, what)}  ${who}  ${paint('quiet', `${where}  ← ${triggerOf(link)}`)}`;
}

/** Signs tell the same as colours, for those who see none. */
function lookOf({ step, event }: Link): readonly [sign: string, meaning: Meaning] {
  const row = rows.get(step);
  if (row?.role === 'interrupt') return ['!', 'undo'];
  if (row?.compensates) return [endings.has(event) ? '■' : '↶', 'undo'];
  if (failures.has(event)) return ['✗', 'bad'];
  if (row?.role === 'follow-up') return ['○', 'quiet'];
  return [endings.has(event) ? '■' : '●', 'good'];
}

function triggerOf({ triggeredBy }: Link): string {
  if ('request' in triggeredBy) return triggeredBy.request;
  if ('clock' in triggeredBy) return triggeredBy.clock;
  return triggeredBy.event ?? `event ${triggeredBy.eventId}, not read yet`;
}

/** A line for each step that has not spoken. */
export const drawMissing = ({ awaited, afterwards }: Timeline, paint: Paint, now: number): string[] => [
  ...awaited.map((missing) => drawOne(missing, 'wait', paint, now)),
  ...afterwards.map((missing) => drawOne(missing, 'quiet', paint, now)),
];

function drawOne({ step, service, since, givenUp }: Missing, meaning: Meaning, paint: Paint, now: number): string {
  const sign = givenUp ? '✗' : '…';
  const waits = `${sign} waits for ${step} of ${service} since ${span(now - Date.parse(since))}`;
  const line = `${' '.repeat(TIME)}  ${paint(givenUp ? 'bad' : meaning, waits)}`;
  return givenUp ? `${line}: ${givenUp.code}, ${givenUp.cause}` : line;
}

/** How it stands, in one line. */
export function drawState({ state, outcome, startedAt, endedAt }: Timeline, paint: Paint, now: number): string {
  const took = (end: number) => span(end - Date.parse(startedAt));
  if (outcome === null || endedAt === null) {
    return `${paint(state === 'undoing' ? 'undo' : 'wait', state)} since ${took(now)}`;
  }
  const meaning = outcome === 'COMPLETED' ? 'good' : 'undo';
  return `${paint(meaning, outcome)} after ${took(Date.parse(endedAt))}`;
}
