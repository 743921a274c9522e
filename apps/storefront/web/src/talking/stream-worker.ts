import { type Listener, StreamHub, type Wanted } from './stream-hub.js';

/** What a tab says: whom it wants to hear, or that it leaves. */
export type Said = Wanted | 'leave';

/** One for all tabs of a browser: their lasting connections are here. */
const hub = new StreamHub((url) => new EventSource(url));

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports as unknown as [MessagePort];
  const tell: Listener = (told) => port.postMessage(told);
  let leave = () => {};
  port.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    leave();
    leave = data === 'leave' ? () => {} : hub.watch(data, tell);
  });
  // A tab that crashed says nothing; browsers of today tell of it.
  port.addEventListener('close', () => leave());
  port.start();
});
