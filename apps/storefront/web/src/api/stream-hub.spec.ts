import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StreamHub, type StreamMessage, type Wanted } from './stream-hub.js';

const ORDERS = ['01980000-0000-7000-8000-000000000001', '01980000-0000-7000-8000-000000000002'];
const STAGE: Wanted = { path: '/stage/live' };
const order = (at: number): Wanted => ({ path: '/events', orderId: ORDERS[at]! });

/** A connection controlled by the spec. */
class Connection extends EventTarget {
  readyState = 1;
  constructor(readonly url: string) {
    super();
  }
  close(): void {
    this.readyState = 2;
  }
  send(event: string, data = ''): void {
    this.dispatchEvent(Object.assign(new Event(event), { data }));
  }
}

describe('the streams of all tabs', () => {
  let connections: Connection[];
  let hub: StreamHub;
  const open = () => connections.filter(({ readyState }) => readyState !== 2);
  /** A listener, with its received messages. */
  const listen = (wanted: Wanted) => {
    const received: StreamMessage[] = [];
    return { received, leave: hub.watch(wanted, (each) => received.push(each)) };
  };
  const settle = () => void jest.advanceTimersByTime(50);

  beforeEach(() => {
    jest.useFakeTimers();
    Object.assign(globalThis, { EventSource: { CLOSED: 2 } });
    connections = [];
    hub = new StreamHub((url) => {
      const connection = new Connection(url);
      connections.push(connection);
      return connection as unknown as EventSource;
    });
  });
  afterEach(() => void jest.useRealTimers());

  it('share one connection for any number of tabs that watch the stage, and close it after the last', () => {
    const tabs = Array.from({ length: 9 }, () => listen(STAGE));
    settle();
    expect(open().map(({ url }) => url)).toEqual(['/stage/live']);
    open()[0]!.send('open');
    open()[0]!.send('stage', '{}');
    for (const { received } of tabs) expect(received.map(({ event }) => event)).toEqual(['open', 'stage']);
    for (const { leave } of tabs) leave();
    settle();
    expect(open()).toEqual([]);
  });

  it('send the last snapshot at once to a later listener', () => {
    listen(STAGE);
    settle();
    open()[0]!.send('open');
    open()[0]!.send('stage', 'a picture');
    expect(listen(STAGE).received).toEqual([
      { event: 'open', data: '' },
      { event: 'stage', data: 'a picture' },
    ]);
  });

  it('share one connection for all displayed orders, with each event sent to the listeners of its order', () => {
    const [one, other] = [listen(order(0)), listen(order(1))];
    settle();
    expect(open().map(({ url }) => url)).toEqual([`/events?orderId=${ORDERS[0]}&orderId=${ORDERS[1]}`]);
    open()[0]!.send('saga-event', JSON.stringify({ orderId: ORDERS[1] }));
    open()[0]!.send('reset', '{}');
    expect([one.received.map(({ event }) => event), other.received.map(({ event }) => event)]).toEqual([
      ['reset'],
      ['saga-event', 'reset'],
    ]);
  });

  it('reopen for an additional order, and notify all listeners, so that they reload', () => {
    const first = listen(order(0));
    settle();
    open()[0]!.send('open');
    listen(order(1));
    settle();
    expect(open()).toHaveLength(1);
    open()[0]!.send('open');
    expect(first.received.map(({ event }) => event)).toEqual(['open', 'open']);
  });

  it('read all orders above the limit of displayed orders', () => {
    for (let nth = 0; nth < 51; nth++) listen({ path: '/events', orderId: `order ${nth}` });
    settle();
    expect(open().map(({ url }) => url)).toEqual(['/events']);
  });

  it('reconnect after the browser gave up', () => {
    const { received } = listen(STAGE);
    settle();
    open()[0]!.close();
    connections[0]!.send('error');
    expect(received).toEqual([{ event: 'lost', data: '' }]);
    jest.advanceTimersByTime(2_000);
    expect(open().map(({ url }) => url)).toEqual(['/stage/live']);
  });
});
