import { describe, expect, it } from '@jest/globals';
import { eventsOf, topicOf } from '@quadrille/choreography';
import { checkout } from '@quadrille/contracts';
import type { Link } from '@quadrille/operate/saga-timeline';
import { TimelineDrawing } from '@quadrille/operate/terminal/draw-timeline';
import { coloured, type Paint, paintFor, plain } from '@quadrille/operate/terminal/paint';
import { span } from '@quadrille/operate/terminal/span';
import type { Timeline } from './timeline.js';

const drawTimeline = (timeline: Timeline, paint: Paint, now: number): string =>
  new TimelineDrawing(checkout, 'Order', paint).whole(timeline.orderId, timeline, now);

const BEGIN = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number) => new Date(BEGIN + ms).toISOString();

const eventNamed = (wanted: string) => eventsOf(checkout.rows).find(({ name }) => name === wanted)!;

const link = (ms: number, service: string, step: string, event: string, cause?: string): Link => ({
  ...{ step, service, event, eventId: event, at: at(ms) },
  record: { topic: topicOf(checkout, eventNamed(event)), partition: 2, offset: String(ms) },
  triggeredBy: cause ? { eventId: cause, event: cause, step: null } : { request: 'POST /orders' },
});

const timeline = (changes: Partial<Timeline>): Timeline => ({
  ...{ orderId: '0199', state: 'running', outcome: null, startedAt: at(0), endedAt: null },
  ...{ links: [], awaited: [], afterwards: [] },
  ...changes,
});

const undone = timeline({
  state: 'CANCELLED',
  outcome: 'CANCELLED',
  endedAt: at(90),
  links: [
    link(0, 'order', 'place-order', 'OrderCreated'),
    link(35, 'payment', 'authorize-payment', 'PaymentAuthorized', 'OrderCreated'),
    link(60, 'inventory', 'reserve-inventory', 'InventoryReservationFailed', 'PaymentAuthorized'),
    link(80, 'payment', 'return-payment', 'PaymentVoided', 'InventoryReservationFailed'),
    link(90, 'order', 'cancel-order', 'OrderCancelled', 'PaymentVoided'),
  ],
});

describe('a drawn timeline', () => {
  it('has one line per event: time, event, service, step, record, cause', () => {
    const lines = drawTimeline(undone, plain, BEGIN).split('\n');
    expect(lines[0]).toBe('Order 0199, begun 2026-01-01T00:00:00.000Z');
    expect(lines.slice(2, 7).map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['0 ms', '● OrderCreated', 'order', 'place-order', 'quadrille.order.created/2/0', '← POST /orders'],
      [
        '35 ms',
        '● PaymentAuthorized',
        'payment',
        'authorize-payment',
        'quadrille.payment.authorized/2/35',
        '← OrderCreated',
      ],
      [
        ...['60 ms', '✗ InventoryReservationFailed', 'inventory', 'reserve-inventory'],
        ...['quadrille.inventory.v1/2/60', '← PaymentAuthorized'],
      ],
      [
        ...['80 ms', '↶ PaymentVoided', 'payment', 'return-payment'],
        ...['quadrille.payment.v1/2/80', '← InventoryReservationFailed'],
      ],
      ['90 ms', '■ OrderCancelled', 'order', 'cancel-order', 'quadrille.order.v1/2/90', '← PaymentVoided'],
    ]);
    expect(lines.at(-1)).toBe('CANCELLED after 90 ms');
  });

  it('has the same columns as every other timeline', () => {
    const one = drawTimeline(timeline({ links: undone.links.slice(0, 1) }), plain, BEGIN).split('\n')[2];
    expect(drawTimeline(undone, plain, BEGIN)).toContain(`${one}\n`);
  });

  it('shows compensations in a separate colour', () => {
    const [, , forward, , failed, undo] = drawTimeline(undone, coloured, BEGIN).split('\n');
    expect(forward).toContain(coloured('good', '● OrderCreated'.padEnd(28)));
    expect(failed).toContain(coloured('bad', '✗ InventoryReservationFailed'));
    expect(undo).toContain(coloured('undo', '↶ PaymentVoided'.padEnd(28)));
  });

  it('shows the awaited step with its time, and the cause of a dead letter', () => {
    const waits = { step: 'reserve-inventory', service: 'inventory', since: at(35), givenUp: null };
    const drawn = drawTimeline(timeline({ awaited: [waits] }), plain, BEGIN + 4_235);
    expect(drawn).toContain('… waits for reserve-inventory of inventory since 4.2 s\n');
    expect(drawn).toMatch(/running since 4\.2 s$/);
    const givenUp = { code: 'malformed', cause: 'It is no JSON.', at: at(50) };
    expect(drawTimeline(timeline({ awaited: [{ ...waits, givenUp }] }), plain, BEGIN + 4_235)).toContain(
      '✗ waits for reserve-inventory of inventory since 4.2 s: malformed, It is no JSON.',
    );
  });
});

describe('colours', () => {
  it.each([
    ['the output is a terminal', { isTTY: true }, {}, coloured],
    ['the output is not a terminal', {}, {}, plain],
    ['NO_COLOR is set', { isTTY: true }, { NO_COLOR: '1' }, plain],
    ['the terminal is dumb', { isTTY: true }, { TERM: 'dumb' }, plain],
  ])('when %s', (_, stream, env, expected) => {
    expect(paintFor(stream, env)).toBe(expected);
  });
});

describe('a span', () => {
  it.each([
    [-5, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [59_990, '59.9 s'],
    [192_000, '3 min 12 s'],
    [7_500_000, '2 h 5 min'],
  ])('of %d ms is %s', (ms, words) => {
    expect(span(ms)).toBe(words);
  });
});
