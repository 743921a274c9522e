import { expect, it } from '@jest/globals';
import { command, event, type Topics } from '@quadrille/choreography';
import { z } from 'zod';
import { Layout } from './layout.js';

const schema = z.object({ id: z.string() });
const at = { key: 'id', version: 1, schema, service: 'a' } as const;
const Begun = event('Begun', { ...at, wireName: 'test.begun' });
const Stopped = event('Stopped', { ...at, wireName: 'test.stopped' });
const Followed = event('Followed', { ...at, service: 'b', wireName: 'test.followed' });
const rows = {
  begin: { service: 'a', handles: command('POST /', schema), emits: [Begun, Stopped] },
  follow: { service: 'b', handles: [Begun, Stopped], emits: [Followed] },
};
const layoutWith = (topics: Topics) =>
  new Layout({
    naming: { system: 'test', topics },
    rows,
    parts: ['a', 'b'].map((service) => ({
      service,
      steps: Object.entries(rows)
        .filter(([, row]) => row.service === service)
        .map(([name, row]) => ({ name, row, loads: () => ({}), decide: () => Begun({ id: '1' }) })),
    })),
    ...{ keys: ['1'], calls: [], past: [], gateways: [] },
    assumptions: { unknownToInbox: 0, repeatedCalls: false },
  });

it('preserves the order per topic and key: events on two topics can overtake each other', () => {
  const one = layoutWith({});
  expect(one.channels.map(({ subscriptions }) => [...subscriptions.keys()])).toEqual([['Begun', 'Stopped']]);
  const two = layoutWith({ events: { Stopped: 'test.stops' } });
  // The order of a service's events is that of its log, also on several topics.
  expect(two.channels.map(({ log }) => log)).toEqual([0, 0]);
  expect(two.channels.map(({ subscriptions }) => [...subscriptions.keys()])).toEqual([['Begun'], ['Stopped']]);
});

it('has one log per service; services that share a topic share the log, which has its order', () => {
  const logs = (topics: Topics) => layoutWith(topics).logs.map(({ services }) => [...services].sort());
  expect(logs({})).toEqual([['a'], ['b']]);
  expect(logs({ pattern: 'events', shared: ['events'] })).toEqual([['a', 'b']]);
  expect(logs({ events: { Stopped: 'ends', Followed: 'ends' }, shared: ['ends'] })).toEqual([['a', 'b']]);
});
