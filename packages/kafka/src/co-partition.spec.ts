import { describe, expect, it } from '@jest/globals';
import { assignmentsOf } from './co-partition.js';

const four = () => [0, 1, 2, 3];

describe('the members of a group', () => {
  it('get the same partition numbers of every topic', () => {
    const both = ['orders', 'payments'];
    const assignments = assignmentsOf(new Map(['b', 'a'].map((id) => [id, both])), four);
    expect(Object.fromEntries(assignments)).toEqual({
      a: { orders: [0, 2], payments: [0, 2] },
      b: { orders: [1, 3], payments: [1, 3] },
    });
  });

  it('get every partition exactly once, for any members and subscriptions', () => {
    const subscriptions = new Map(['c', 'a', 'b'].map((id) => [id, ['orders']]));
    const given = [...assignmentsOf(subscriptions, four).values()].flatMap((assignment) => assignment.orders ?? []);
    expect(given.sort()).toEqual([0, 1, 2, 3]);
  });

  it('get only topics that they subscribe to, while a deployment changes the topics', () => {
    const subscriptions = new Map([
      ['old', ['orders']],
      ['new', ['orders', 'refunds']],
    ]);
    expect(Object.fromEntries(assignmentsOf(subscriptions, four))).toEqual({
      old: { orders: [1, 3] },
      new: { orders: [0, 2], refunds: [0, 1, 2, 3] },
    });
  });
});
