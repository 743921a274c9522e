import { describe, expect, it } from '@jest/globals';
import { Chance } from './chance.js';
import { Journal } from './journal.js';
import { Life, type Run } from './life.js';
import { MemoryBroker } from './memory-broker.js';
import { Triggers } from './triggers.js';
import { VirtualTime } from './virtual-time.js';

const TOPIC = 'quadrille.order.v1';
const GROUP = 'quadrille.payment';
const FETCHES = 100;

function begin() {
  const time = new VirtualTime();
  const run: Run = {
    time,
    journal: new Journal(() => time.now),
    triggers: new Triggers(),
    chanceOf: (name) => Chance.of(1, name),
  };
  return { broker: new MemoryBroker(run), life: new Life('payment 1', 'payment', run) };
}

describe('the broker in memory', () => {
  it('has one seat per member, after any number of returns', () => {
    const { broker, life } = begin();
    for (let times = 0; times < 4; times++) broker.join(GROUP, [TOPIC], life, () => {});
    for (let nth = 0; nth < 40; nth++) broker.put(TOPIC, `key-${nth}`, {}, '{}');
    for (let nth = 0; nth < FETCHES; nth++) broker.commit(GROUP, life, broker.fetch(GROUP, life, 20));
    expect(broker.isDrained()).toBe(true);
  });

  it('rejects a commit during an outage, and accepts it afterwards', () => {
    const { broker, life } = begin();
    broker.join(GROUP, [TOPIC], life, () => {});
    broker.put(TOPIC, 'key', {}, '{}');
    const records = Array.from({ length: FETCHES }, () => broker.fetch(GROUP, life, 20)).flat();
    broker.away = true;
    expect(broker.commit(GROUP, life, records)).toBe(false);
    expect(broker.isDrained()).toBe(false);
    broker.away = false;
    expect(broker.commit(GROUP, life, records)).toBe(true);
    expect(broker.isDrained()).toBe(true);
  });

  it('finds the records of a saga by their subject, not by their key', () => {
    const { broker } = begin();
    broker.put(TOPIC, 'customer-1', { ce_subject: 'order-1' }, '1');
    broker.put(TOPIC, 'customer-1', { ce_subject: 'order-2' }, '2');
    expect(broker.recordsAbout('order-2').map(({ value }) => value)).toEqual(['2']);
    expect(broker.recordsAbout('customer-1')).toEqual([]);
  });
});
