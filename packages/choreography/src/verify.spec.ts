import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Choreography } from './choreography.js';
import { type EventType, event } from './event.js';
import { personal } from './personal.js';
import { command, type Row } from './row.js';
import { verify } from './verify.js';

const schema = z.object({ id: z.string() });
const eventOf = (name: string, by: string, facts: { final?: boolean; failure?: boolean } = {}): EventType =>
  event(name, { service: by, wireName: `test.${by}.${name.toLowerCase()}`, version: 1, key: 'id', schema, ...facts });

const [Begun, Held, HoldFailed, Sent, SendFailed, Released, Cancelled, Mailed, Stopped] = [
  eventOf('Begun', 'a'),
  eventOf('Held', 'b'),
  eventOf('HoldFailed', 'b'),
  eventOf('Sent', 'a'),
  eventOf('SendFailed', 'c'),
  eventOf('Released', 'b'),
  eventOf('Cancelled', 'a'),
  eventOf('Mailed', 'd', { final: true }),
  eventOf('Stopped', 'a'),
] as const as [EventType, EventType, EventType, EventType, EventType, EventType, EventType, EventType, EventType];
const Shipped = eventOf('Shipped', 'c');

const sound: Record<string, Row> = {
  begin: { service: 'a', handles: command('POST', schema), emits: [Begun] },
  hold: { service: 'b', handles: [Begun], emits: [Held, HoldFailed] },
  ship: { service: 'c', handles: [Held], emits: [Shipped, SendFailed] },
  finish: { service: 'a', handles: [Shipped], emits: [Sent] },
  unship: { service: 'c', handles: [Stopped], emits: [eventOf('Unshipped', 'c')], compensates: {} },
  mail: { service: 'd', handles: [Sent, Cancelled], emits: [Mailed], role: 'follow-up' },
};
const Unshipped = sound.unship!.emits[0]!;
sound.unship = { ...sound.unship!, compensates: { ship: Unshipped } };
sound.release = { service: 'b', handles: [SendFailed, Unshipped], emits: [Released], compensates: { hold: Released } };
sound.cancel = { service: 'a', handles: [HoldFailed, Released], emits: [Cancelled], compensates: { begin: Cancelled } };
sound.stop = { service: 'a', handles: command('POST /stop', schema), emits: [Stopped], role: 'interrupt' };

const table = (changes: Record<string, Row | undefined> = {}): Choreography => ({
  system: 'test',
  endings: { SENT: Sent, CANCELLED: Cancelled },
  rows: Object.fromEntries(Object.entries({ ...sound, ...changes }).filter(([, row]) => row)) as Record<string, Row>,
});
const rules = (changes: Record<string, Row | undefined>) => verify(table(changes)).map(({ rule }) => rule);

describe('verify', () => {
  it('finds nothing wrong with a sound table', () => {
    expect(verify(table())).toEqual([]);
  });

  it('finds an event emitted by a service that does not own it', () => {
    expect(rules({ ship: { ...sound.ship!, service: 'b' } })).toContain('one-owner');
  });

  it('finds an event that no row handles and that is not final', () => {
    expect(rules({ hold: { ...sound.hold!, emits: [Held, HoldFailed, eventOf('Forgotten', 'b')] } })).toEqual([
      'every-event-handled',
    ]);
  });

  it('finds a row that handles an event without an emitter', () => {
    expect(rules({ ship: { ...sound.ship!, handles: [Held, eventOf('Never', 'b')] } })).toEqual([
      'every-handled-event-emitted',
    ]);
  });

  it('finds two rows of the saga that react to one event', () => {
    expect(rules({ second: { service: 'c', handles: [Begun], emits: [], compensates: { hold: Released } } })).toContain(
      'one-reaction',
    );
  });

  it('finds a loop and returns its path', () => {
    const violation = verify(table({ hold: { ...sound.hold!, handles: [Begun, Shipped] }, finish: undefined })).find(
      ({ rule }) => rule === 'no-loop',
    );
    expect(violation?.path).toEqual(['hold', 'ship', 'hold']);
  });

  it('finds a step before the end that no row compensates', () => {
    expect(rules({ release: { ...sound.release!, compensates: { ship: Released } } })).toContain(
      'every-step-compensated',
    );
  });

  it('requires no compensation of the last step that may fail, without interrupts', () => {
    const rows = { unship: undefined, stop: undefined, release: { ...sound.release!, handles: [SendFailed] } };
    expect(rules(rows)).toEqual([]);
  });

  it('requires a compensation of a step before one that may fail', () => {
    const rows = {
      unship: undefined,
      stop: undefined,
      release: { ...sound.release!, handles: [SendFailed], compensates: {} },
    };
    expect(rules(rows)).toContain('every-step-compensated');
  });

  it('finds an interrupt that turns nothing back', () => {
    expect(rules({ stop: { ...sound.stop!, emits: [Mailed] } })).toContain('failures-turn-back');
  });

  it('finds a failure that goes forward, and one that turns nothing back', () => {
    const Cracked = eventOf('Cracked', 'c', { failure: true });
    const ship = { ...sound.ship!, emits: [Shipped, SendFailed, Cracked] };
    const [forward] = verify(table({ ship, finish: { ...sound.finish!, handles: [Shipped, Cracked] } }));
    expect(forward).toMatchObject({ rule: 'failures-turn-back', rows: ['ship', 'finish'] });
    expect(rules({ ship, mail: { ...sound.mail!, handles: [Sent, Cancelled, Cracked] } })).toContain(
      'failures-turn-back',
    );
    expect(rules({ ship, release: { ...sound.release!, handles: [SendFailed, Unshipped, Cracked] } })).toEqual([]);
  });

  it('finds a follow-up whose event the saga handles', () => {
    const Called = eventOf('Called', 'd');
    expect(
      rules({
        mail: { ...sound.mail!, emits: [Called] },
        cancel: { ...sound.cancel!, handles: [HoldFailed, Released, Called] },
      }),
    ).toContain('follow-ups-never-reach-back');
  });

  it('finds a path that never ends and returns it', () => {
    const [violation] = verify(
      table({
        hold: { ...sound.hold!, emits: [Held, HoldFailed] },
        cancel: { ...sound.cancel!, handles: [Released] },
        mail: { ...sound.mail!, handles: [Sent, Cancelled, HoldFailed] },
      }),
    );
    expect(violation).toMatchObject({ rule: 'every-path-ends', path: ['Begun', 'HoldFailed'] });
  });

  it('finds compensations in the wrong order', () => {
    const [violation] = verify(
      table({
        unship: { ...sound.unship!, service: 'c', handles: [Released] },
        ship: { ...sound.ship!, emits: [Shipped] },
        release: { ...sound.release!, handles: [Stopped] },
        cancel: { ...sound.cancel!, handles: [HoldFailed, Unshipped] },
      }),
    );
    expect(violation).toMatchObject({ rule: 'compensated-in-reverse' });
  });

  it('finds a command with personal fields that belong to no person', () => {
    const named = schema.extend({ name: personal(z.string()) });
    const begin = (facts = {}): Row => ({ ...sound.begin!, handles: command('POST', named, facts) });
    expect(rules({ begin: begin() })).toEqual(['personal-data-has-subject']);
    expect(rules({ begin: begin({ subject: ({ id }: { id: string }) => id }) })).toEqual([]);
  });

  it('finds a row that opens personal data, but handles no such data', () => {
    expect(rules({ ship: { ...sound.ship!, opensPersonalData: true } })).toEqual(['opened-data-is-personal']);
  });
});
