import { describe, expect, it } from '@jest/globals';
import type { Rows } from '@quadrille/choreography';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { pino } from 'pino';
import { EventRouter } from '../event-router.js';
import { type Input, type Outcome, type Unreadable } from '../input.js';
import { asked, kettle, Poured } from '../kettle.fixture.js';
import { OutcomeLog } from './outcome-log.js';

const { rows, steps } = kettle({ pourable: async () => {}, decidable: () => {} });
const TRACE = '0af7651916cd43dd8448eb211c80319c';

function inputWith(traceparent?: string): Input {
  const record = asked('green', 2);
  const headers = traceparent ? { ...record.headers, traceparent } : record.headers;
  return new EventRouter({ system: 'test' }, rows, steps).take({ ...record, headers })[0] as Input;
}

function linesOf(input: Input | Unreadable, outcome: Outcome, level = 'info', table: Rows = rows): any[] {
  const lines: any[] = [];
  const log = pino(
    { level, formatters: { level: (label) => ({ level: label }) } },
    { write: (line) => void lines.push(JSON.parse(line)) },
  );
  new OutcomeLog(table, log).report([input], [outcome]);
  return lines;
}

const failed = { failed: { code: 'step-failed' as const, cause: 'a bug' } };

describe('the outcome log', () => {
  it('names the key as the events do, the step and the trace', () => {
    const [line] = linesOf(inputWith(`00-${TRACE}-b7ad6b7169203331-01`), failed);
    expect(line).toMatchObject({
      level: 'warn',
      pot: 'green',
      step: 'pour',
      traceId: TRACE,
      cause: 'a bug',
      attempts: 1,
    });
  });

  it('has no trace field without a trace', () => {
    expect(linesOf(inputWith(), failed)[0]).not.toHaveProperty('traceId');
  });

  it('logs an outage as info', () => {
    expect(linesOf(inputWith(), { failed: { code: 'gateway-unavailable', cause: 'no answer' } })[0].level).toBe('info');
  });

  it('requests manual intervention when a compensation fails permanently', () => {
    const last = { ...inputWith(), parked: { id: '1', attempts: 1_000 } } as Input;
    expect(linesOf(last, failed)[0]).toMatchObject({
      level: 'error',
      msg: 'input failed permanently; an operator must decide',
    });
    const compensating: Rows = { ...rows, pour: { ...rows.pour!, compensates: { refill: Poured } } };
    expect(linesOf(last, failed, 'info', compensating)[0].msg).toMatch(/manual intervention required$/);
  });

  it('logs successful inputs at debug level only', () => {
    const emitted: Outcome = { event: { type: 'test.kettle.poured.v1' } as never };
    expect(linesOf(inputWith(), emitted)).toEqual([]);
    expect(linesOf(inputWith(), emitted, 'debug')[0]).toMatchObject({ pot: 'green', outcome: 'test.kettle.poured.v1' });
  });

  it('contains the trace of an unreadable message', () => {
    const { topic, key, headers, payload } = encodeCloudEvent('test.kitchen.v1', {
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
    } as never);
    const record = { topic, key, headers, value: payload, partition: 0, offset: '0', timestamp: '0' };
    const [unreadable] = new EventRouter({ system: 'test' }, rows, steps).take(record);
    expect(linesOf(unreadable as Unreadable, { nothing: true })[0]).toMatchObject({ level: 'warn', traceId: TRACE });
  });
});
