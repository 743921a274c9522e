import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Choreography } from './choreography.js';
import { type EventType, event } from './event.js';
import { command, type Row } from './row.js';
import { verify } from './verify.js';

const schema = z.object({ id: z.string() });
const said = (name: string, by: string, facts: { final?: boolean; failure?: boolean } = {}): EventType =>
  event(name, { by, wire: `test.${by}.${name.toLowerCase()}`, version: 1, key: 'id', schema, ...facts });

const [Begun, Held, HoldFailed, Sent, SendFailed, Released, Cancelled, Mailed, Stopped] = [
  said('Begun', 'a'),
  said('Held', 'b'),
  said('HoldFailed', 'b'),
  said('Sent', 'a'),
  said('SendFailed', 'c'),
  said('Released', 'b'),
  said('Cancelled', 'a'),
  said('Mailed', 'd', { final: true }),
  said('Stopped', 'a'),
] as const as [EventType, EventType, EventType, EventType, EventType, EventType, EventType, EventType, EventType];
const Shipped = said('Shipped', 'c');

const sound: Record<string, Row> = {
  begin: { by: 'a', hears: command('POST', schema), says: [Begun] },
  hold: { by: 'b', hears: [Begun], says: [Held, HoldFailed] },
  ship: { by: 'c', hears: [Held], says: [Shipped, SendFailed] },
  finish: { by: 'a', hears: [Shipped], says: [Sent] },
  unship: { by: 'c', hears: [Stopped], says: [said('Unshipped', 'c')], undoes: {} },
  mail: { by: 'd', hears: [Sent, Cancelled], says: [Mailed], role: 'afterwards' },
};
const Unshipped = sound.unship!.says[0]!;
sound.unship = { ...sound.unship!, undoes: { ship: Unshipped } };
sound.release = { by: 'b', hears: [SendFailed, Unshipped], says: [Released], undoes: { hold: Released } };
sound.cancel = { by: 'a', hears: [HoldFailed, Released], says: [Cancelled], undoes: { begin: Cancelled } };
sound.stop = { by: 'a', hears: command('POST /stop', schema), says: [Stopped], role: 'interrupt' };

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

  it('finds an event said by a service that does not own it', () => {
    expect(rules({ ship: { ...sound.ship!, by: 'b' } })).toContain('one-owner');
  });

  it('finds an event that nobody hears and that is not final', () => {
    expect(rules({ hold: { ...sound.hold!, says: [Held, HoldFailed, said('Forgotten', 'b')] } })).toEqual([
      'every-event-heard',
    ]);
  });

  it('finds a row that waits for what nobody says', () => {
    expect(rules({ ship: { ...sound.ship!, hears: [Held, said('Never', 'b')] } })).toEqual(['nobody-waits-in-vain']);
  });

  it('finds two rows of the saga that react to one event', () => {
    expect(rules({ second: { by: 'c', hears: [Begun], says: [], undoes: { hold: Released } } })).toContain(
      'one-reaction',
    );
  });

  it('finds a loop and shows the way round', () => {
    const fault = verify(table({ hold: { ...sound.hold!, hears: [Begun, Shipped] }, finish: undefined })).find(
      ({ rule }) => rule === 'no-loop',
    );
    expect(fault?.path).toEqual(['hold', 'ship', 'hold']);
  });

  it('finds a step before the end that nobody undoes', () => {
    expect(rules({ release: { ...sound.release!, undoes: { ship: Released } } })).toContain('every-step-undone');
  });

  it('asks for no undo of the last step that may fail, when nothing interrupts', () => {
    const rows = { unship: undefined, stop: undefined, release: { ...sound.release!, hears: [SendFailed] } };
    expect(rules(rows)).toEqual([]);
  });

  it('asks for an undo of a step before one that may fail', () => {
    const rows = {
      unship: undefined,
      stop: undefined,
      release: { ...sound.release!, hears: [SendFailed], undoes: {} },
    };
    expect(rules(rows)).toContain('every-step-undone');
  });

  it('finds an interrupt that turns nothing back', () => {
    expect(rules({ stop: { ...sound.stop!, says: [Mailed] } })).toContain('failures-turn-back');
  });

  it('finds a failure that goes forward, and one that turns nothing back', () => {
    const Cracked = said('Cracked', 'c', { failure: true });
    const ship = { ...sound.ship!, says: [Shipped, SendFailed, Cracked] };
    const [forward] = verify(table({ ship, finish: { ...sound.finish!, hears: [Shipped, Cracked] } }));
    expect(forward).toMatchObject({ rule: 'failures-turn-back', rows: ['ship', 'finish'] });
    expect(rules({ ship, mail: { ...sound.mail!, hears: [Sent, Cancelled, Cracked] } })).toContain(
      'failures-turn-back',
    );
    expect(rules({ ship, release: { ...sound.release!, hears: [SendFailed, Unshipped, Cracked] } })).toEqual([]);
  });

  it('finds an afterwards row that the saga hears', () => {
    const Called = said('Called', 'd');
    expect(
      rules({
        mail: { ...sound.mail!, says: [Called] },
        cancel: { ...sound.cancel!, hears: [HoldFailed, Released, Called] },
      }),
    ).toContain('afterwards-never-reach-back');
  });

  it('finds a path that never ends and shows it', () => {
    const [fault] = verify(
      table({
        hold: { ...sound.hold!, says: [Held, HoldFailed] },
        cancel: { ...sound.cancel!, hears: [Released] },
        mail: { ...sound.mail!, hears: [Sent, Cancelled, HoldFailed] },
      }),
    );
    expect(fault).toMatchObject({ rule: 'every-path-ends', path: ['Begun', 'HoldFailed'] });
  });

  it('finds undoing in the wrong order', () => {
    const [fault] = verify(
      table({
        unship: { ...sound.unship!, by: 'c', hears: [Released] },
        ship: { ...sound.ship!, says: [Shipped] },
        release: { ...sound.release!, hears: [Stopped] },
        cancel: { ...sound.cancel!, hears: [HoldFailed, Unshipped] },
      }),
    );
    expect(fault).toMatchObject({ rule: 'undone-in-reverse' });
  });
});
